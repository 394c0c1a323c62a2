using Grpc.AspNetCore.HealthChecks;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Mano.GrpcRuntime.Health;

/// <summary>The health service over the application's health checks: Check runs them, Watch follows what is published.</summary>
internal sealed class CheckedHealthService(HealthServiceImpl published, HealthCheckService checks, IOptions<GrpcHealthChecksOptions> options)
    : Grpc.Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (!options.Value.UseHealthChecksCache)
        {
            await RunAsync(request.Service, context.CancellationToken);
        }

        return await published.Check(request, context);
    }

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (!options.Value.UseHealthChecksCache)
        {
            await RunAsync(request.Service, context.CancellationToken);
        }

        await published.Watch(request, responseStream, context);
    }

    private async Task RunAsync(string service, CancellationToken cancellationToken)
    {
        if (options.Value.Services.Find(service) is not { } mapping)
        {
            return;
        }

        var report = await checks.CheckHealthAsync(
            check => mapping.HealthCheckPredicate(new HealthCheckMapContext(check.Name, check.Tags)), cancellationToken);
        published.SetStatus(service, ServingOf(report.Status));
    }

    public static ServingStatus ServingOf(HealthStatus status) =>
        status == HealthStatus.Unhealthy ? ServingStatus.NotServing : ServingStatus.Serving;
}

/// <summary>Takes the periodic results of the health checks into the health service.</summary>
internal sealed class HealthPublisher(HealthServiceImpl published, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var mapping in options.Value.Services)
        {
            var spoken = report.Entries
                .Where(entry => mapping.HealthCheckPredicate(new HealthCheckMapContext(entry.Key, entry.Value.Tags)))
                .Select(entry => entry.Value.Status);
            published.SetStatus(mapping.Name, CheckedHealthService.ServingOf(spoken.DefaultIfEmpty(HealthStatus.Healthy).Min()));
        }

        return Task.CompletedTask;
    }
}
