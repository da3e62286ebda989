//! The recursion through layers.

use std::io::{self, Read};
use std::ops::ControlFlow;

use vestige_model::Warning;

use super::decoding::{Fault, Health, Refused};
use super::input::{Input, Space, Window};
use super::kind::{HEAD, Kind, sniff};
use super::stop::Stop;
use super::{Content, End, Member, Place, Source, State, UnpackError, Unpacker, Visitor};

/// Why the walk, or the reading of one layer, cannot go on.
pub(super) enum Halt {
    /// The visitor wants no more.
    Stopped,
    /// The evidence or a temporary file fails.
    Failed(UnpackError),
    /// A layer around this one was stopped by a limit; `told` says whether a member was ended
    /// with it already.
    Refused { reason: String, told: bool },
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Halt {
        match Refused::of(&error) {
            _ if Stop::is(&error) => Halt::Stopped,
            Some(Refused(reason)) => Halt::Refused {
                reason,
                told: false,
            },
            None => Halt::Failed(UnpackError::Read(error)),
        }
    }
}

pub(super) type Flow = Result<(), Halt>;

/// One walk over one evidence item.
pub(super) struct Walk<'w> {
    pub(super) unpacker: &'w mut Unpacker,
    visitor: &'w mut dyn Visitor,
    /// Bytes above the ratio that came out so far.
    pub(super) spent: u64,
}

/// Walks through `source`.
pub(super) fn walk(
    unpacker: &mut Unpacker,
    source: Source<'_>,
    visitor: &mut dyn Visitor,
) -> Result<(), UnpackError> {
    let input = match source {
        Source::Bytes(bytes) => Input::Slice(bytes),
        Source::File(file) => Input::File(Window::whole(file).map_err(UnpackError::Read)?),
    };
    let mut walk = Walk {
        unpacker,
        visitor,
        spent: 0,
    };
    match walk.open(&Place::default(), input, 1.0, &Health::default()) {
        Ok(()) | Err(Halt::Stopped) => Ok(()),
        Err(Halt::Failed(error)) => Err(error),
        Err(Halt::Refused { reason, .. }) => Err(UnpackError::Read(io::Error::other(reason))),
    }
}

impl Walk<'_> {
    /// Opens whatever `input` is. `weight` is how many stored bytes of the evidence item stand
    /// behind one byte of it; `health` tells what was wrong with the layer that gives it.
    pub(super) fn open(
        &mut self,
        at: &Place,
        mut input: Input<'_>,
        weight: f64,
        health: &Health,
    ) -> Flow {
        self.unpacker.stop.check()?;
        let mut head = [0; HEAD];
        let known = match &mut input {
            Input::Slice(bytes) => *bytes,
            Input::Stream { head, .. } => *head,
            Input::File(window) => {
                let count = Space::File(*window).read_at(&mut head, 0)?;
                head.get(..count).unwrap_or_default()
            }
        };
        match sniff(known) {
            Kind::Plain => self.deliver(at, input, health),
            Kind::Compressed(format) => self.compressed(at, input, format, weight, health),
            Kind::Zip | Kind::Tar if at.path.0.len() >= self.unpacker.limits.nesting => {
                let nesting = self.unpacker.limits.nesting;
                self.reject(at, format!("an archive inside {nesting} others, which is as deep as archives are opened; unpack the outer one and import what is in it"))
            }
            Kind::Zip => self.zip(at, input, weight, health),
            Kind::Tar => self.tar(at, input, weight),
            Kind::Unsupported(word) => {
                self.reject(at, format!("a {word} archive, which is recognised but not opened; unpack it and import the files (zip, tar, gz, zst and bz2 are read as they are)"))
            }
        }
    }

    /// Shows the innermost bytes to the visitor.
    pub(super) fn deliver(&mut self, at: &Place, mut input: Input<'_>, health: &Health) -> Flow {
        let whole = self.unpacker.limits.whole;
        match &mut input {
            Input::Slice(bytes) if bytes.len() <= whole => self.deliver_whole(at, bytes, health),
            Input::File(window) if window.len <= whole as u64 => {
                let mut buffer = self.buffer();
                let count = Space::File(*window).read_at(&mut buffer, 0)?;
                let flow = self.deliver_whole(at, buffer.get(..count).unwrap_or_default(), health);
                self.give_back(buffer);
                flow
            }
            _ => self.deliver_stream(at, &mut *input.reader(), health),
        }
    }

    fn deliver_whole(&mut self, at: &Place, bytes: &[u8], health: &Health) -> Flow {
        let at = &at.clone().settled();
        if !self.visitor.wants(at) {
            return Ok(());
        }
        go_on(self.visitor.member(Member {
            at,
            content: Content::Whole(bytes),
        }))?;
        self.end(at, bytes.len() as u64, health)
    }

    fn deliver_stream(&mut self, at: &Place, reader: &mut dyn Read, health: &Health) -> Flow {
        let at = &at.clone().settled();
        if !self.visitor.wants(at) {
            return Ok(());
        }
        let stop = self.unpacker.stop.clone();
        let mut counted = Counted {
            reader,
            bytes: 0,
            stop,
        };
        go_on(self.visitor.member(Member {
            at,
            content: Content::Stream(&mut counted),
        }))?;
        // What the visitor left unread may still hide a fault.
        match io::copy(&mut counted, &mut io::sink()) {
            Ok(_) => self.end(at, counted.bytes, health),
            Err(error) => {
                let Some(Refused(reason)) = Refused::of(&error) else {
                    return Err(error.into());
                };
                let state = State::Rejected(reason.clone());
                go_on(self.visitor.ended(
                    at,
                    End {
                        bytes: counted.bytes,
                        state,
                    },
                ))?;
                Err(Halt::Refused { reason, told: true })
            }
        }
    }

    /// Ends a member with what its layer knows of it.
    fn end(&mut self, at: &Place, bytes: u64, health: &Health) -> Flow {
        let mut state = State::Complete;
        for fault in health.take() {
            if fault.partial && state == State::Complete {
                state = State::Partial(format!("{} ({})", fault.flaw.reason, fault.flaw.found));
            }
            self.visitor.warning(at, fault.warning());
        }
        go_on(self.visitor.ended(at, End { bytes, state }))
    }

    /// Tells the faults of a container that no member took upon itself.
    pub(super) fn tell(&mut self, at: &Place, health: &Health) {
        for fault in health.take() {
            self.warn(at, fault);
        }
    }

    pub(super) fn warn(&mut self, at: &Place, fault: Fault) {
        self.tell_warning(at, fault.warning());
    }

    pub(super) fn tell_warning(&mut self, at: &Place, warning: Warning) {
        self.visitor.warning(&at.clone().settled(), warning);
    }

    pub(super) fn reject(&mut self, at: &Place, reason: impl Into<String>) -> Flow {
        let at = at.clone().settled();
        if !self.visitor.wants(&at) {
            return Ok(());
        }
        go_on(self.visitor.rejected(&at, reason.into()))
    }

    pub(super) fn wants(&mut self, at: &Place) -> bool {
        self.visitor.wants(&at.clone().settled())
    }

    /// A buffer that holds one byte more than a member that is delivered whole.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        let size = self.unpacker.limits.whole + 1;
        self.unpacker.buffers.pop().unwrap_or_else(|| vec![0; size])
    }

    pub(super) fn give_back(&mut self, buffer: Vec<u8>) {
        // Deep nesting is rare; what it used is not kept.
        if self.unpacker.buffers.len() < 3 {
            self.unpacker.buffers.push(buffer);
        }
    }
}

pub(super) fn go_on(flow: ControlFlow<()>) -> Flow {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Halt::Stopped),
    }
}

/// Counts what is read, until the user wants to stop.
struct Counted<'a> {
    reader: &'a mut dyn Read,
    bytes: u64,
    stop: Stop,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stop.check()?;
        let count = self.reader.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
