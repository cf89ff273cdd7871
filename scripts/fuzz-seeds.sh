#!/usr/bin/env bash
# Makes seeds for the fuzzers, in FOLDER/TARGET, from small programs that are compiled on the spot and from what this
# machine has.
#
# Usage: scripts/fuzz-seeds.sh FOLDER
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")/.."
mkdir -p "$out"/{elf,module,eh-frame,eh-frame-hdr,debug-frame,unwind,perf-map,kallsyms,demangle,pprof,gzip,collapsed,record,perf-data,import,formatted-record,jitdump,mini-debuginfo,dwarf,rust-name,debug-links,itch,mold,soup,depth-json}
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

# Recordings of perf's: none is too large for the fuzzer.
small() { [[ -s $1 && $(stat -c %s "$1") -le 16384 ]]; }
if command -v perf >/dev/null; then
    perform() {
        perf record -q -N -o "$work/perf.data" -e cpu-clock -c 4000000 "${@:2}" -- sleep 0.001 >/dev/null 2>&1 || true
        if small "$work/perf.data"; then cp "$work/perf.data" "$out/perf-data/$1"; fi
        perf record -q -N -o - -e cpu-clock -c 4000000 "${@:2}" -- sleep 0.001 2>/dev/null >"$work/perf.pipe" || true
        if small "$work/perf.pipe"; then cp "$work/perf.pipe" "$out/perf-data/$1-pipe"; fi
    }
    perform plain
    perform chains -g
    perform stacks --call-graph dwarf,512
    perform compressed -z -g
    perform two -e task-clock -g
    perform addresses -d --phys-data --weight
    find "$out/perf-data" -type f -exec cp -t "$out/import" {} +
fi

# The attributes of perf's own events, and a sample of all fields that are zero.
for fields in 0x1ffff 0x347 0x3127 0x10c; do
    {
        half 1; half 0; half 128; half 0; word 0; word 1000; word $((fields)); word 15; word $((1 << 18))
        word 0; word 0; word 0; word $((1 << 17)); word $((0xff0fff))
        head -c 8 /dev/zero
        half 2; printf '\12'
        head -c 800 /dev/zero
    } >"$out/formatted-record/$fields"
done

# A dump of two functions, one of which moves.
quad() { half "$1"; half $(($1 >> 16)); }
{
    printf 'DTiJ'; quad 1; quad 40; quad 62; quad 0; quad 1; word 0; word 0
    for index in 1 2; do
        quad 0; quad 80; word 0; quad 1; quad 1; word 4096; word $((index * 4096)); word 16; word "$index"
        printf 'second\0\0'; head -c 16 /dev/zero
    done
    quad 1; quad 64; word 0; quad 1; quad 1; word 4096; word 4096; word 12288; word 16; word 1
} >"$out/jitdump/two"

xz -c "$work/plain" >"$out/mini-debuginfo/program" || true
printf text | xz -c >"$out/mini-debuginfo/text"

# The sections of debug information in the order that the target takes them.
for version in 4 5; do
    for split in "" -gsplit-dwarf; do
        (cd "$work" && cc -gdwarf-$version $split -O2 -c a.c -o dwarf.o) || continue
        if [[ $split ]]; then
            file=$work/dwarf.dwo suffix=.dwo
        else
            file=$work/dwarf.so suffix=
            cc -nostdlib -shared -Wl,-e,0 "$work/dwarf.o" -o "$file"
        fi
        rm -f "$work"/part-*
        for name in info abbrev line str line_str str_offsets addr ranges rnglists cu_index; do
            objcopy --dump-section ".debug_$name$suffix=$work/part-$name" "$file" /dev/null 2>/dev/null || true
            [[ -e $work/part-$name ]] || : >"$work/part-$name"
        done
        names=(info abbrev line str line_str str_offsets addr ranges rnglists cu_index)
        {
            for name in "${names[@]}"; do half "$(stat -c %s "$work/part-$name")"; done
            for name in "${names[@]}"; do cat "$work/part-$name"; done
        } >"$out/dwarf/$version$split"
    done
done

names=(_RNvC6_123foo3bar _RNvMs_Cs4fqI2P2rA04_4testNtB2_3Foo3bar _RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE
    _RNvXs_C1aINtB2_1bpE1c _RNCNvC4main4main0B3_ _RINvC1a1bKhff_E '_ZN4main17h0123456789abcdefE'
    '_$LT$impl$u20$Clone$GT$..clone' _RNvCsu8ingrvbase_a1b _RINvC1a1bFG0_RL1_hRL0_tEuE)
for index in "${!names[@]}"; do printf %s "${names[index]}" >"$out/rust-name/$index"; done

objcopy --only-keep-debug "$work/debug" "$work/links.debug"
objcopy --strip-all --add-gnu-debuglink="$work/links.debug" "$work/debug" "$out/debug-links/link"
objcopy --add-section .gnu_debugdata="$out/mini-debuginfo/text" "$work/plain" "$out/debug-links/mini" || true
cp "$work/shared.so" "$out/debug-links/note"
cp "$work/debug" "$out/debug-links/compressed"

tool=$(swift build -c release --show-bin-path 2>/dev/null)/tickscope
if [[ -x $tool ]]; then
    for stack in few more; do "$tool" export "$out/collapsed/$stack" --format pprof -o "$work/$stack.pb.gz" || continue
        cp "$work/$stack.pb.gz" "$out/gzip/$stack"
        gzip -dc "$work/$stack.pb.gz" >"$out/pprof/$stack"
    done
fi
printf 'main;f 1\n' | gzip -c >"$out/gzip/text"

peers=$(swift build -c release --show-bin-path 2>/dev/null)/peer-books
if [[ -x $peers ]]; then
    "$peers" "$out/itch/generated" generate 1 100 2
    "$peers" "$out/mold/generated" generate-packets 1 60 2
fi
soup() { printf "\\x$(printf %02x $((${#2} + 1 >> 8)))\\x$(printf %02x $((${#2} + 1 & 255)))%s%s" "$1" "$2"; }
{ soup A 'SESSION001                 117' && soup H '' && soup S message && soup U other && soup Z ''; } >"$out/soup/session"
update='{"stream":"x@depth","data":{"e":"depthUpdate","E":1,"s":"X","U":%d,"u":%d,"pu":%d,"b":[["9.5","0"],["9.7","4.12345678"]],"a":[]}}\n'
{
    printf '{"lastUpdateId":100,"bids":[["10.00","1"],["9.5","2.5"]],"asks":[["10.10000000","3.00000001"]]}\n'
    printf "$update$update" 99 101 98 102 105 101
    printf '{"data":{"u":5,"s":"X","b":"1.5","B":"3.7","a":"1.6","A":"1"}}\n{"data":{"e":"trade","p":"1.55","q":"0.1","m":false}}\n'
} >"$out/depth-json/session"
