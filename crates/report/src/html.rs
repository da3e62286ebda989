//! The same report as one HTML file without script: everything is text, nothing is fetched.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use crate::content::{
    Bar, Block, Card, Column, Content, Holds, Pair, Remark, Row, Section, content,
};
use crate::facts::{Facts, Weight};
use crate::figure::Figure;
use crate::visible::shown;

const STYLE: &str = include_str!("report.css");

/// The report as HTML.
#[must_use]
pub fn html(facts: &Facts) -> String {
    let content = content(facts);
    let mut page = Page {
        out: String::new(),
        figures: &content.figures,
    };
    page.head(&content);
    page.cover(&content);
    for (place, section) in content.sections.iter().enumerate() {
        page.section(place + 1, section);
    }
    page.raw("</main>\n<footer><p class=\"data\">");
    page.text(&content.foot);
    page.raw("</p></footer>\n</body>\n</html>\n");
    page.out
}

struct Page<'a> {
    out: String,
    figures: &'a [Figure],
}

impl Page<'_> {
    /// Markup of ours.
    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// Text of anybody's: what is hidden made visible, then nothing of it markup.
    fn text(&mut self, text: &str) {
        for one in shown(text).chars() {
            match one {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                one => self.out.push(one),
            }
        }
    }

    fn element(&mut self, open: &str, text: &str, close: &str) {
        self.raw(open);
        self.text(text);
        self.raw(close);
    }

    fn head(&mut self, content: &Content) {
        let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        self.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        self.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
        self.raw(&digest);
        self.raw("'; base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
        self.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        self.element("<title>", &content.title, "</title>\n<style>");
        self.raw(STYLE);
        self.raw("</style>\n</head>\n<body>\n");
        self.element(
            "<header class=\"running\"><span>",
            &content.running,
            "</span><span>Forensic report</span></header>\n<main>\n",
        );
    }

    fn cover(&mut self, content: &Content) {
        self.raw("<section class=\"cover\">\n<p class=\"eyebrow\">Forensic report</p>\n");
        self.element("<h1>", &content.title, "</h1>\n");
        self.pairs(&content.cover);
        self.raw("<ul class=\"numbers\">\n");
        for one in &content.figures_of_cover {
            self.element("<li><b>", &one.value, "</b> ");
            self.element("<span>", &one.label, "</span></li>\n");
        }
        self.raw("</ul>\n");
        self.remark(&content.verdict);
        self.raw("<nav aria-label=\"Contents\"><h2 class=\"contents\">Contents</h2><ol>\n");
        for (place, section) in content.sections.iter().enumerate() {
            self.raw(&format!("<li><a href=\"#s{}\">", place + 1));
            self.element("", &section.title, "</a></li>\n");
        }
        self.raw("</ol></nav>\n</section>\n");
    }

    fn section(&mut self, number: usize, section: &Section) {
        self.raw(&format!(
            "<section id=\"s{number}\">\n<h2><span class=\"number\">{number}</span> "
        ));
        self.element("", &section.title, "</h2>\n");
        section.blocks.iter().for_each(|block| self.block(block));
        self.raw("</section>\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text { text } => self.element("<p>", text, "</p>\n"),
            Block::Heading { text } => self.element("<h3>", text, "</h3>\n"),
            Block::Pairs { rows } => self.pairs(rows),
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Figure { figure, caption } => {
                self.raw("<figure>");
                self.figure(*figure);
                self.element("<figcaption>", caption, "</figcaption></figure>\n");
            }
            Block::Bars { field, rows } => self.bars(field, rows),
            Block::Cards { cards } => {
                self.raw("<ol class=\"cards\">\n");
                cards.iter().for_each(|card| self.card(card));
                self.raw("</ol>\n");
            }
            Block::Remarks { remarks } => remarks.iter().for_each(|one| self.remark(one)),
            Block::List { items } => {
                self.raw("<ul>\n");
                items
                    .iter()
                    .for_each(|item| self.element("<li>", item, "</li>\n"));
                self.raw("</ul>\n");
            }
            Block::Seal { figure, rows } => {
                self.raw("<div class=\"seal\">\n");
                self.pairs(rows);
                self.raw("<div class=\"code\">");
                self.figure(*figure);
                self.raw("</div>\n</div>\n");
            }
        }
    }

    fn value(&mut self, pair: &Pair) {
        let open = if pair.data {
            "<span class=\"data\">"
        } else {
            "<span>"
        };
        self.element(open, &pair.value, "</span>");
    }

    fn pairs(&mut self, rows: &[Pair]) {
        self.raw("<dl>\n");
        for pair in rows {
            self.element("<dt>", &pair.label, "</dt><dd>");
            self.value(pair);
            self.raw("</dd>\n");
        }
        self.raw("</dl>\n");
    }

    fn remark(&mut self, one: &Remark) {
        let weight = match one.weight {
            Weight::Note => "note",
            Weight::Warning => "warning",
            Weight::Failure => "failure",
        };
        self.raw(&format!("<p class=\"remark {weight}\">"));
        self.element("<b>", &one.word, "</b> ");
        self.element("", &one.text, "</p>\n");
    }

    fn table(&mut self, columns: &[Column], rows: &[Row]) {
        let shares: Vec<u32> = columns.iter().map(|column| column.share).collect();
        self.raw("<table>\n");
        self.widths(&shares);
        self.raw("<thead><tr>");
        for column in columns {
            let open = format!("<th scope=\"col\" class=\"{}\">", class(column.holds));
            self.element(&open, &column.title, "</th>");
        }
        self.raw("</tr></thead>\n");
        for row in rows {
            self.row(columns, row);
        }
        self.raw("</table>\n");
    }

    /// Widths of columns, as attributes: the policy of the page lets no other style in.
    fn widths(&mut self, shares: &[u32]) {
        let all: u32 = shares.iter().sum();
        self.raw("<colgroup>");
        for share in shares {
            self.raw(&format!("<col width=\"{}%\">", share * 100 / all.max(1)));
        }
        self.raw("</colgroup>\n");
    }

    /// Each row with what stands below it is a body of its own, which a page break does not part.
    fn row(&mut self, columns: &[Column], row: &Row) {
        self.raw(if row.sum {
            "<tbody class=\"sum\"><tr>"
        } else {
            "<tbody><tr>"
        });
        for (column, cell) in columns.iter().zip(&row.cells) {
            let open = format!("<td class=\"{}\">", class(column.holds));
            self.element(&open, cell, "</td>");
        }
        self.raw("</tr>");
        if !row.under.is_empty() {
            self.raw(&format!(
                "<tr class=\"under\"><td colspan=\"{}\">",
                columns.len()
            ));
            for pair in &row.under {
                self.element("<div><span class=\"label\">", &pair.label, "</span> ");
                self.value(pair);
                self.raw("</div>");
            }
            self.raw("</td></tr>");
        }
        self.raw("</tbody>\n");
    }

    fn bars(&mut self, field: &str, rows: &[Bar]) {
        self.raw("<table class=\"bars\">\n");
        self.widths(&[42, 20, 11, 27]);
        self.raw("<thead><tr>");
        self.element("<th scope=\"col\" class=\"data\">", field, "</th>");
        self.raw("<th></th><th scope=\"col\" class=\"number\">Events</th><th scope=\"col\">First and last</th></tr></thead>\n<tbody>\n");
        for row in rows {
            self.element(
                "<tr><td class=\"data\">",
                &row.value,
                "</td><td class=\"bar\">",
            );
            self.figure(row.figure);
            self.element("</td><td class=\"number\">", &row.count, "</td>");
            self.element("<td class=\"data when\">", &row.when, "</td></tr>\n");
        }
        self.raw("</tbody>\n</table>\n");
    }

    fn card(&mut self, card: &Card) {
        self.element("<li><h3><span>", &card.title, "</span> ");
        self.element("<time class=\"data\">", &card.time, "</time></h3>\n");
        if !card.marks.is_empty() {
            self.raw("<p class=\"marks\">");
            card.marks
                .iter()
                .for_each(|mark| self.element("<span>", mark, "</span> "));
            self.raw("</p>\n");
        }
        self.pairs(&card.rows);
        self.raw("</li>\n");
    }

    /// A drawing, with the words for who does not see it.
    fn figure(&mut self, place: usize) {
        let Some(figure) = self.figures.get(place) else {
            return;
        };
        let svg = figure
            .svg
            .find("<svg")
            .map_or("", |start| &figure.svg[start..]);
        self.element(
            "<span class=\"drawing\" role=\"img\" aria-label=\"",
            &figure.alt,
            "\">",
        );
        self.raw(svg.trim_end());
        self.raw("</span>");
    }
}

fn class(holds: Holds) -> &'static str {
    match holds {
        Holds::Words => "words",
        Holds::Data => "data",
        Holds::Number => "number",
    }
}
