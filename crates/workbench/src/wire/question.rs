//! Questions to the case, while they are typed and as counts over time or of values.

use vestige_store::query::QueryProblem;

asked! {
    /// A question to the case.
    Question {
        /// In the query language.
        query: String,
        /// From this time on, RFC 3339.
        from: Option<String>,
        /// Before this time, RFC 3339.
        to: Option<String>,
    }

    /// A histogram.
    HistogramAsked {
        /// The question.
        question: Question,
        /// `auto`, `second`, `minute`, `hour` or `day`.
        bucket: String,
        /// Whether the counts are split by cloud.
        by_cloud: bool,
    }

    /// A ranking.
    TopAsked {
        /// The question.
        question: Question,
        /// The field.
        field: String,
        /// Most values.
        limit: u32,
    }

    /// A query to be looked over while it is typed.
    Text {
        /// The text.
        text: String,
    }

    /// Values of a field that begin like this, whatever their case. Words of a fixed list that were
    /// not counted have a count of 0.
    Complete {
        /// The field.
        field: String,
        /// The beginning.
        prefix: String,
    }
}

told! {
    /// Rows over time.
    HistogramView {
        /// The unit of a bucket: `second`, `minute`, `hour`, `day`; a bucket may be several days.
        bucket: String,
        /// Its length in seconds.
        seconds: u64,
        /// The series in a fixed order: a cloud, or one named `rows`.
        series: Vec<String>,
        /// Buckets that have rows, earliest first.
        buckets: Vec<BucketView>,
        /// Rows without a time.
        undated: u64,
    }

    /// A bucket.
    BucketView {
        /// Where it begins, RFC 3339.
        start: String,
        /// Rows of each series.
        counts: Vec<u64>,
    }

    /// A value of a ranking.
    TopView {
        /// The value, none for rows without one.
        value: Option<String>,
        /// Rows.
        count: u64,
        /// First time.
        first: Option<String>,
        /// Last time.
        last: Option<String>,
    }

    /// A field of the query language.
    FieldView {
        /// Its name.
        name: String,
        /// `text`, `number`, `time`, `address`, `word` and the like.
        kind: String,
        /// What it is.
        describe: String,
        /// The words it can have, where they are few.
        words: Vec<String>,
    }

    /// What is wrong with a query.
    ProblemInQuery {
        /// First UTF-16 unit concerned.
        from: u32,
        /// One past the last.
        to: u32,
        /// What is wrong.
        message: String,
        /// What would be right.
        hint: String,
    }
}

impl ProblemInQuery {
    /// A problem as the page counts: in UTF-16 units.
    #[must_use]
    pub fn new(text: &str, problem: &QueryProblem) -> ProblemInQuery {
        let units = |end: usize| {
            let before = text.get(..end).unwrap_or(text);
            u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
        };
        ProblemInQuery {
            from: units(problem.position),
            to: units(problem.position + problem.length),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}
