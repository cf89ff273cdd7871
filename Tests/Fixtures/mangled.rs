// Rust names of every shape: generics, constants, closures, implementations, trait objects, identifiers beyond ASCII.
use std::fmt::Debug;

pub struct Level<T> {
    pub price: T,
}
pub struct Buffer<const N: usize, const B: bool, const C: char>([u8; N]);

trait Total {
    fn total(&self) -> u64;
}
impl Total for Level<u64> {
    #[inline(never)]
    fn total(&self) -> u64 {
        self.price
    }
}
impl Total for (u8, &[i32]) {
    #[inline(never)]
    fn total(&self) -> u64 {
        self.1.len() as u64
    }
}
impl<T: Debug> Level<T> {
    #[inline(never)]
    pub fn show(&self) -> usize {
        format!("{:?}", self.price).len()
    }
}
impl<const N: usize, const B: bool, const C: char> Buffer<N, B, C> {
    #[inline(never)]
    pub fn count(&self) -> usize {
        self.0.len() + N
    }
}
#[inline(never)]
fn apply<F: Fn(u64) -> u64>(f: F, v: u64) -> u64 {
    f(v)
}
#[inline(never)]
fn dynamic(d: &dyn Total) -> u64 {
    d.total()
}
#[inline(never)]
fn generic<T: ?Sized>(p: *const T) -> usize {
    p as *const () as usize
}
mod größe {
    #[inline(never)]
    pub fn übung(x: u64) -> u64 {
        x + 1
    }
}
fn main() {
    let level = Level { price: 3u64 };
    let k = std::env::args().count() as u64;
    let closure = move |x| x * 7 + k;
    println!("{} {} {} {}", level.total(), level.show(), apply(closure, k), dynamic(&level));
    println!("{} {}", dynamic(&(1u8, &[1i32, 2][..])), Buffer::<3, true, 'x'>([0; 3]).count());
    println!("{} {}", generic::<dyn Total + Send>(&level), generic::<[(u8, char); 4]>(&[(0, 'a'); 4]));
    println!("{}", generic::<for<'a> fn(&'a u8, &mut str) -> !>(std::ptr::null()));
    println!("{} {}", größe::übung(k), generic::<dyn for<'a> Fn(&'a u8) -> u32>(&|_: &u8| 2u32));
}
