#!/usr/bin/env bash
# Makes seeds for the fuzzers, in FOLDER/TARGET, from small programs that are compiled on the spot and from what this
# machine has.
#
# Usage: scripts/fuzz-seeds.sh FOLDER
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")/.."
mkdir -p "$out"/{elf,module,eh-frame,eh-frame-hdr,debug-frame,unwind,perf-map,kallsyms,demangle,pprof,gzip,collapsed,record}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/a.c" <<'C'
int leaf(int a) { return a * 3; }
static int inner(volatile int *a) { return leaf(*a) + a[1]; }
int outer(int n) { volatile int a[n]; a[0] = n; a[1] = 1; return inner(a) + a[0]; }
void _start(void) { outer(4); for (;;) ; }
C
build() { cc -nostdlib -static -O1 -s -Wl,-z,noseparate-code -Wl,-z,max-page-size=64 "${@:2}" "$work/a.c" -o "$work/$1" 2>/dev/null || true; }
build plain
build pie -static-pie -fPIE
build noheader -Wl,--no-eh-frame-hdr
cc -nostdlib -static -O1 -g -gz=zlib -fno-asynchronous-unwind-tables -fno-unwind-tables "$work/a.c" -o "$work/debug"
cc -shared -nostdlib -fPIC -O1 -Wl,-z,noseparate-code -Wl,-z,max-page-size=64 "$work/a.c" -o "$work/shared.so"
cc -O1 -g -fno-asynchronous-unwind-tables -fno-unwind-tables -c "$work/a.c" -o "$work/debug.o"
for file in plain pie noheader debug shared.so; do
    [[ -e $work/$file ]] && cp "$work/$file" "$out/elf/$file" && cp "$work/$file" "$out/module/$file"
done

section() { objcopy --dump-section "$1=$3" "$2" /dev/null; }
# Little-endian numbers.
half() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $((($1 >> 8) & 255)))"; }
word() { half "$1"; half $(($1 >> 16)); half $(($1 >> 32)); half $(($1 >> 48)); }

section .eh_frame "$work/shared.so" "$work/frames"
section .eh_frame_hdr "$work/shared.so" "$work/header"
cp "$work/frames" "$out/eh-frame/shared"
{ half "$(stat -c %s "$work/header")"; cat "$work/header" "$work/frames"; } >"$out/eh-frame-hdr/shared"

# Samples in each function: where the target puts the tables decides where the functions are.
frames_address=0x$(readelf -SW "$work/shared.so" | awk '$0 ~ / \.eh_frame / { sub(/.*PROGBITS|.*X86_64_UNWIND/, ""); print $1 }')
functions=$(readelf --debug-dump=frames "$work/shared.so" | sed -n 's/.*pc=0*\([0-9a-f]*\)\.\..*/\1/p')
return_address=0
for function in $functions; do
    address=$((0x10000 + 0x$function - frames_address))
    for inside in 0 4 9; do
        {
            half "$(stat -c %s "$work/frames")"
            cat "$work/frames"
            # rax … rbx: 0; rbp and rsp: the stack, words 4 and 0; r8 … r15: 0; the program counter.
            printf '\3\3\3\3\3\3\0\4\0\0\3\3\3\3\3\3\3\3\1'
            half $((address + inside))
            half 16
            printf '\x48\xc7\xc0\x0f\0\0\0\x0f\x05\xc3\xc3\xc3\xc3\xc3\xc3\xc3'
            for index in 1 2 3 4 5 6 7 8; do
                word $((0x555500000000 + address + 5))
                word $((0x7fff00001000 + index * 16))
                if ((return_address)); then word $((0x555500000000 + return_address)); fi
            done
        } >"$out/unwind/$function-$inside"
    done
    return_address=$((address + 5))
done
section .debug_frame "$work/debug.o" "$out/debug-frame/object"

printf '1000 20 first\n1020 10 second function\n7f0000001000 ff LazyCompile:~f a.js:1\n' >"$out/perf-map/map"
printf 'ffffffff81000000 T _stext\nffffffff81000040 t inner\t[module]\n0000000000000000 A zero\n' >"$out/kallsyms/few"
names=(_ZN3foo3barEv '_ZNSt6vectorIiSaIiEE9push_backERKi' '$s4main3fooyySiF' '$sSS5write2toyxz_ts16TextOutputStreamRzlF'
    _RNvC6_123foo3bar main 'memcpy@plt' '$s4main1CC6methodSaySiGyFTf4n_n' '_ZZN1a1bEvENKUlvE_clEv')
for index in "${!names[@]}"; do printf %s "${names[index]}" >"$out/demangle/$index"; done
printf 'main;f;g 3\nmain;f 2\n[unknown];h 1\n' >"$out/collapsed/few"
printf 'main;f_[k] 3\n\nmain;a b c 2\r\n' >"$out/collapsed/more"
head -c 200 /dev/zero >"$out/record/zero"

tool=$(swift build -c release --show-bin-path 2>/dev/null)/tickscope
if [[ -x $tool ]]; then
    for stack in few more; do "$tool" export "$out/collapsed/$stack" --format pprof -o "$work/$stack.pb.gz" || continue
        cp "$work/$stack.pb.gz" "$out/gzip/$stack"
        gzip -dc "$work/$stack.pb.gz" >"$out/pprof/$stack"
    done
fi
printf 'main;f 1\n' | gzip -c >"$out/gzip/text"
