using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Mano.Packages.Tests.Fuzz;

/// <summary>
/// The reader against inputs nobody writes on purpose. Short with the other tests, long with <c>make fuzz INPUTS=1000000</c>. Input number
/// n of a seed is always the same one: <c>make fuzz SEED=s FROM=n INPUTS=1</c> runs it alone.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const long Usual = 20_000;

    /// <summary>No input takes longer, on whatever machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void No_mutated_upload_makes_the_reader_throw_hang_take_memory_or_accept_what_it_faults()
    {
        var (inputs, from, seed) = (Number("MANO_FUZZ_INPUTS", Usual), Number("MANO_FUZZ_FROM", 0), (int)Number("MANO_FUZZ_SEED", 20_261_121));
        output.WriteLine($"seed {seed}, inputs {from} to {from + inputs - 1}");
        var run = new FuzzRun(seed);
        var began = Stopwatch.GetTimestamp();
        var (next, minutes) = (from - 1, Number("MANO_FUZZ_MINUTES", long.MaxValue));
        var workers = Enumerable.Range(0, (int)Number("MANO_FUZZ_WORKERS", 1)).Select(_ => new Thread(() =>
        {
            for (long number; run.Failure is null && Stopwatch.GetElapsedTime(began).TotalMinutes < minutes && (number = Interlocked.Increment(ref next)) < from + inputs;)
            {
                run.Try(number);
            }
        }) { IsBackground = true }).ToList();
        workers.ForEach(w => w.Start());
        while (!workers.TrueForAll(w => w.Join(TimeSpan.FromSeconds(1))) && run.Failure is null)
        {
            run.TellHangs(Patience);
        }

        output.WriteLine($"{run.Done} inputs in {Stopwatch.GetElapsedTime(began)}: {run.Accepted} accepted, {run.Refused} refused; the slowest took {run.Slowest.TotalMilliseconds:F0} ms "
            + $"(number {run.SlowestNumber}), the largest {run.MostBytes >> 20} MiB (number {run.MostBytesNumber})");
        Assert.Null(run.Failure);
        Assert.True(run.Accepted > 0 && run.Refused > 0, "Mutations that break everything, or nothing, test nothing.");
    }

    private static long Number(string variable, long otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
