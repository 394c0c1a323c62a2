using Mano.Mepm.Findings;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Loop;

/// <summary>What every run has around it.</summary>
internal sealed record LoopContext(LoopOptions Options, TimeProvider Clock, LoopMetrics Metrics, FindingBook Findings, ILogger Logger)
{
    public DateTimeOffset Now => Clock.GetUtcNow();
}
