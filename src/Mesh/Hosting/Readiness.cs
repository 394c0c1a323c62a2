using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mano.Mesh.Hosting;

/// <summary>
/// What <c>GET /ready</c> answers: 200 while every health check of the process passes, if with a warning; else 503, with
/// the reasons. The health service over gRPC tells the same. <c>/health</c> asks only whether the process lives: a new
/// one would not be better off while what it needs is away.
/// </summary>
internal static class Readiness
{
    public static async Task<IResult> Answer(HealthCheckService checks, CancellationToken cancel)
    {
        var report = await checks.CheckHealthAsync(cancel);
        var ready = report.Status != HealthStatus.Unhealthy;
        var answer = new ReadinessAnswer(
            ready ? "SERVING" : "NOT_SERVING",
            [.. report.Entries.Where(e => e.Value.Description is not null).Select(e => new ReadinessReason(e.Key, e.Value.Status == HealthStatus.Unhealthy ? "NOT_SERVING" : "SERVING", e.Value.Description!))]);
        return Results.Json(answer, ReadinessJson.Default.ReadinessAnswer, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

internal sealed record ReadinessAnswer(string Status, IReadOnlyList<ReadinessReason> Reasons);

/// <param name="Check">What was looked at: <c>store</c>.</param>
/// <param name="Status">SERVING: a warning; NOT_SERVING: why the process is not ready.</param>
/// <param name="Why">One sentence.</param>
internal sealed record ReadinessReason(string Check, string Status, string Why);

[JsonSerializable(typeof(ReadinessAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReadinessJson : JsonSerializerContext;
