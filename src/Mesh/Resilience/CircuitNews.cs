using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Mano.Mesh.Resilience;

/// <summary>Says and counts what a site's circuit does.</summary>
internal sealed class CircuitNews(string siteId, ILogger logger)
{
    private static readonly Meter Meter = new("Mano.Mesh");
    private static readonly Counter<long> Changes = Meter.CreateCounter<long>(
        "mano_site_circuit_changes", description: "Circuits to sites that opened, were tried (half-open) or closed, by site.");

    public ValueTask Opened(OnCircuitOpenedArguments<object> arguments)
    {
        Count("open");
        logger.CircuitOpened(siteId, arguments.BreakDuration.TotalSeconds, arguments.Outcome.Exception?.Message ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask HalfOpened(OnCircuitHalfOpenedArguments arguments)
    {
        Count("half-open");
        return ValueTask.CompletedTask;
    }

    public ValueTask Closed(OnCircuitClosedArguments<object> arguments)
    {
        Count("closed");
        logger.CircuitClosed(siteId);
        return ValueTask.CompletedTask;
    }

    private void Count(string state) => Changes.Add(1, new KeyValuePair<string, object?>("site", siteId), new KeyValuePair<string, object?>("state", state));
}

internal static partial class Log
{
    [LoggerMessage(7400, LogLevel.Warning, "Site {SiteId}: circuit open, its calls fail at once for {Seconds} s: {Why}")]
    public static partial void CircuitOpened(this ILogger logger, string siteId, double seconds, string why);

    [LoggerMessage(7401, LogLevel.Information, "Site {SiteId}: circuit closed, its calls go out again")]
    public static partial void CircuitClosed(this ILogger logger, string siteId);
}
