using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Mano.Bench.Rows;

/// <summary>The micro benchmarks, by BenchmarkDotNet in this process.</summary>
internal sealed class MicroRow : IBenchRow
{
    public string Name => "micro";

    public string Description =>
        """
        Single steps, by BenchmarkDotNet, in this process: how long one takes, and what it allocates. They have no floor; they say where an operation's time is not.
        """;

    public Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var artifacts = Directory.CreateTempSubdirectory("mano-bench-micro-").FullName;
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob((Effort.IsQuick ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance))
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(NullLogger.Instance)
                .WithArtifactsPath(artifacts)
                .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.DisableOptimizationsValidator);
            var summary = BenchmarkRunner.Run<MicroBenchmarks>(config);
            if (summary.Reports.Length == 0 || summary.Reports.Any(r => r.ResultStatistics is null))
            {
                throw new InvalidOperationException($"BenchmarkDotNet measured nothing: {string.Join("; ", summary.ValidationErrors.Select(e => e.Message))}");
            }

            return Task.FromResult<IReadOnlyList<Comparison>>([.. summary.Reports.SelectMany(Compare)]);
        }
        finally
        {
            Directory.Delete(artifacts, recursive: true);
        }
    }

    private static IEnumerable<Comparison> Compare(BenchmarkReport report)
    {
        var name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
        yield return new(name, "ns", null, new([.. report.ResultStatistics!.OriginalValues]), null);
        yield return new("… allocated", "B", null, new([report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0]), null);
    }
}
