using System.Collections.Concurrent;
using System.Diagnostics;
using Mano.Packages.Tests.Signatures;
using Mano.Testing;

namespace Mano.Packages.Tests.Fuzz;

/// <summary>Tries inputs and notes what must never be seen.</summary>
internal sealed class FuzzRun(int seed)
{
    private const long MostAllocated = 512L << 20;

    // Small bounds, so that small inputs reach them.
    private static readonly PackageReadOptions Options = new()
    {
        Clock = new ManualClock(Authority.Today),
        Limits = new()
        {
            MaxPackageBytes = 8 << 20, MaxEntries = 200, MaxEntryBytes = 4 << 20, MaxTotalBytes = 8 << 20, MaxNestedArchiveBytes = 1 << 20,
            MaxDescriptorBytes = 1 << 20, MaxDocumentNodes = 20_000, MaxSignedFileBytes = 1 << 20, MaxSignatures = 4,
        },
    };

    private readonly Inputs _inputs = new();
    private readonly ConcurrentDictionary<int, (long Number, long Began)> _running = [];
    private readonly Lock _gate = new();

    internal string? Failure { get; private set; }
    internal long Done { get; private set; }
    internal long Accepted { get; private set; }
    internal long Refused { get; private set; }
    internal TimeSpan Slowest { get; private set; }
    internal long SlowestNumber { get; private set; }
    internal long MostBytes { get; private set; }
    internal long MostBytesNumber { get; private set; }

    internal void Try(long number)
    {
        var input = _inputs.Make(new Random(Seeds.Mix(seed, number)), number);
        var began = Stopwatch.GetTimestamp();
        _running[Environment.CurrentManagedThreadId] = (number, began);
        var before = GC.GetAllocatedBytesForCurrentThread();
        string? wrong;
        PackageReading? reading = null;
        try
        {
            using var upload = new MemoryStream(input, writable: false);
            reading = PackageReader.Read(upload, Options with { Signatures = (SignaturePolicy)(number % 3), Integrity = (IntegrityPolicy)(number % 2) });
            wrong = Wrong(reading);
        }
        catch (Exception e)
        {
            wrong = e.ToString();
        }

        _running.TryRemove(Environment.CurrentManagedThreadId, out _);
        Note(number, wrong, reading, Stopwatch.GetElapsedTime(began), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal void TellHangs(TimeSpan patience)
    {
        foreach (var (number, began) in _running.Values.Where(r => Stopwatch.GetElapsedTime(r.Began) > patience))
        {
            Failure ??= $"Input {number} of seed {seed} has been read for {Stopwatch.GetElapsedTime(began)}.";
        }
    }

    private void Note(long number, string? wrong, PackageReading? reading, TimeSpan took, long allocated)
    {
        lock (_gate)
        {
            wrong ??= allocated > MostAllocated ? $"it made the reader allocate {allocated >> 20} MiB" : null;
            Failure ??= wrong is null ? null : $"Input {number} of seed {seed}: {wrong}";
            Done++;
            _ = reading?.Content is null ? Refused++ : Accepted++;
            (Slowest, SlowestNumber) = took > Slowest ? (took, number) : (Slowest, SlowestNumber);
            (MostBytes, MostBytesNumber) = allocated > MostBytes ? (allocated, number) : (MostBytes, MostBytesNumber);
        }
    }

    /// <summary>What holds for every upload.</summary>
    private static string? Wrong(PackageReading reading)
    {
        if (reading.Content is null != reading.Errors.Any())
        {
            return "refused without an error, or accepted with one";
        }

        if (reading.Faults.FirstOrDefault(f => f.Message.Length is 0 or > 2000 || f.Rule.Length == 0 || f.Location.Length > 3000 || f.ToString().Any(c => char.IsControl(c) || c == '\u202E')) is { } odd)
        {
            return $"a fault that is no sentence: {odd}";
        }

        // What is accepted is stored as JSON and read again.
        if (reading.Content is { } accepted && AppD.AppDescriptorJson.Serialize(accepted.Descriptor).Length == 0)
        {
            return "a descriptor that cannot be stored";
        }

        if (reading.Faults.Count > Options.Limits.MaxFaults + 1)
        {
            return $"{reading.Faults.Count} faults";
        }

        return reading.Content?.Artifacts.FirstOrDefault(a => a.Path.Split('/').Any(s => s is ".." or "" or ".") || a.Path.Contains('\\', StringComparison.Ordinal) || a.Size < 0) is { } escaped
            ? $"a path that leads out: {escaped.Path}"
            : null;
    }

    private static class Seeds
    {
        /// <summary>The same on every run, unlike the framework's.</summary>
        internal static int Mix(int seed, long number)
        {
            var mixed = ((ulong)number + ((ulong)(uint)seed << 32)) * 0x9E3779B97F4A7C15;
            return (int)(mixed ^ (mixed >> 32)) & int.MaxValue;
        }
    }
}
