//! Statics of the program under check: a static is there in every execution, so each execution gets it anew.
//!
//! What `const` code made is plain bytes that no heap belongs to, so a copy of them is as good as what was
//! copied. Where the program's statics lie is known on Linux; elsewhere none is recognized, and an object that
//! outlives its execution is refused as any other is.

use super::native;
use std::alloc::Layout;
use std::any::Any;
use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What stands for the program's statics in one execution, by their addresses.
#[derive(Default)]
pub(crate) struct Statics {
    objects: BTreeMap<usize, native::Object>,
    twins: BTreeMap<usize, Twin>,
    copies: BTreeMap<usize, Copied>,
}

/// What stands for a static under a checker that is not ours.
struct Twin(#[allow(dead_code, reason = "no other checker may be compiled in")] &'static dyn Any);

// SAFETY: it is used by the tasks of its execution only, which are all on one OS thread.
unsafe impl Send for Twin {}

/// A copy of a static's data, or that there can be none. It is never given back, as std never drops a static.
struct Copied(Option<*mut u8>);

// SAFETY: it is an address, and whoever uses that answers for what is sent and shared.
unsafe impl Send for Copied {}

impl Statics {
    /// The native engine's object of the static there.
    pub(crate) fn object(&self, address: usize) -> Option<native::Object> {
        self.objects.get(&address).copied()
    }

    pub(crate) fn keep_object(&mut self, address: usize, object: native::Object) {
        self.objects.insert(address, object);
    }

    /// What stands for the static there under a checker that is not ours.
    #[cfg(any(feature = "shuttle", feature = "loom"))]
    pub(crate) fn twin(&self, address: usize) -> Option<&'static dyn Any> {
        self.twins.get(&address).map(|twin| twin.0)
    }

    #[cfg(any(feature = "shuttle", feature = "loom"))]
    pub(crate) fn keep_twin(&mut self, address: usize, twin: &'static dyn Any) {
        self.twins.insert(address, Twin(twin));
    }

    /// The data of the static there, which is `copied` at its first use.
    pub(crate) fn copy(
        &mut self,
        address: usize,
        copied: impl FnOnce() -> Option<*mut u8>,
    ) -> Option<*mut u8> {
        self.copies.entry(address).or_insert_with(|| Copied(copied())).0
    }
}

/// Whether this lies where the program's statics do.
#[cold]
pub(crate) fn is_static<T: ?Sized>(object: *const T) -> bool {
    static SEGMENTS: OnceLock<Vec<Range<usize>>> = OnceLock::new();
    let address = object.addr();
    SEGMENTS.get_or_init(segments::writable).iter().any(|segment| segment.contains(&address))
}

/// A static's data as it was before anybody used it, in memory of its own. `None` if that holds what was made while
/// the program ran: a value that was moved into a static.
///
/// # Safety
/// Until the first call for a static, nobody has changed its data; no later call has another layout.
pub(crate) unsafe fn pristine(data: *const u8, layout: Layout, has_drop: bool) -> Option<*mut u8> {
    let mut kept = PRISTINE.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = kept.entry(data.addr()).or_insert_with(|| {
        // SAFETY: the data of a static can be read; nobody changes it yet.
        let bytes: &[Byte] = unsafe { std::slice::from_raw_parts(data.cast(), layout.size()) };
        (!(has_drop && segments::leads_elsewhere(bytes))).then(|| bytes.into())
    });
    let bytes: &[Byte] = bytes.as_deref()?;
    if bytes.is_empty() {
        return Some(std::ptr::without_provenance_mut(layout.align()));
    }
    // SAFETY: the layout's size is not zero.
    let copy = unsafe { std::alloc::alloc(layout) };
    if copy.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    // SAFETY: both have this size, and the copy is new.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy.cast(), bytes.len()) };
    Some(copy)
}

/// Of something that may have padding and pointers.
type Byte = MaybeUninit<u8>;

/// By address.
static PRISTINE: Mutex<BTreeMap<usize, Option<Box<[Byte]>>>> = Mutex::new(BTreeMap::new());

#[cfg(target_os = "linux")]
mod segments {
    //! The program's segments, as the dynamic linker tells of them.

    use super::Byte;
    use std::ffi::{c_int, c_void};
    use std::ops::Range;

    /// Where statics lie that can change.
    pub(super) fn writable() -> Vec<Range<usize>> {
        loaded(|flags| flags & libc::PF_W != 0)
    }

    /// Whether some word of these bytes points to memory that is no segment's: to the heap, or a stack.
    pub(super) fn leads_elsewhere(bytes: &[Byte]) -> bool {
        // SAFETY: the linker has filled all of a static's memory, padding included.
        let word = |chunk: &[Byte]| unsafe { chunk.as_ptr().cast::<usize>().read_unaligned() };
        let words = bytes.chunks_exact(size_of::<usize>()).map(word);
        let of_segments = loaded(|_| true);
        let is_elsewhere =
            |word: &usize| *word > 0xFFFF && !of_segments.iter().any(|segment| segment.contains(word));
        let suspects: Vec<usize> = words.filter(is_elsewhere).collect();
        !suspects.is_empty() && {
            let mapped = mapped();
            suspects.iter().any(|word| mapped.iter().any(|range| range.contains(word)))
        }
    }

    fn loaded(mut wanted: impl FnMut(u32) -> bool) -> Vec<Range<usize>> {
        struct Found<'a> {
            segments: Vec<Range<usize>>,
            wanted: &'a mut dyn FnMut(u32) -> bool,
        }
        unsafe extern "C" fn visit(info: *mut libc::dl_phdr_info, _: usize, found: *mut c_void) -> c_int {
            // SAFETY: the linker gives its own description, and what `dl_iterate_phdr` was given below.
            let (info, found) = unsafe { (&*info, &mut *found.cast::<Found<'_>>()) };
            for index in 0..usize::from(info.dlpi_phnum) {
                // SAFETY: there are so many headers.
                let header = unsafe { &*info.dlpi_phdr.add(index) };
                if header.p_type == libc::PT_LOAD && (found.wanted)(header.p_flags) {
                    let begin = (info.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
                    found.segments.push(begin..begin.wrapping_add(header.p_memsz as usize));
                }
            }
            0
        }
        let mut found = Found { segments: Vec::new(), wanted: &mut wanted };
        // SAFETY: the callback gets what it expects, and keeps nothing.
        unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut found).cast()) };
        found.segments
    }

    /// All memory that there is.
    fn mapped() -> Vec<Range<usize>> {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let range = |line: &str| {
            let (begin, end) = line.split_whitespace().next()?.split_once('-')?;
            Some(usize::from_str_radix(begin, 16).ok()?..usize::from_str_radix(end, 16).ok()?)
        };
        maps.lines().filter_map(range).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod segments {
    use super::Byte;
    use std::ops::Range;

    pub(super) fn writable() -> Vec<Range<usize>> {
        Vec::new()
    }

    pub(super) fn leads_elsewhere(_: &[Byte]) -> bool {
        true
    }
}
