using System.Collections.Concurrent;
using Grpc.Core;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Onboarding.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Tests.Fakes;

/// <summary>What a MEPM sees of a MEO: inventory, grants, artifacts.</summary>
internal sealed class FakeMeo
{
    public ConcurrentQueue<Inventory.V1.Site> Registrations { get; } = new();

    public ConcurrentQueue<HeartbeatRequest> Heartbeats { get; } = new();

    public ConcurrentQueue<string> Left { get; } = new();

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    public ConcurrentQueue<DownloadArtifactRequest> Downloads { get; } = new();

    public bool KnowsSite { get; set; }

    /// <summary>How often it wants to hear from a site.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(50);

    public Failure? GrantRefusal { get; set; }

    /// <summary>A download ends after so many bytes, as when the MEO is killed; once.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Downloads wait for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public async Task<WebApplication> Serve(int port = 0)
    {
        var listen = new ListenOptions { Grpc = new(System.Net.IPAddress.Loopback, port) };
        var builder = MeshHost.CreateBuilder("fake-meo", listen, LogLevel.Error);
        builder.Services.AddSingleton(new InventorySide(this)).AddSingleton(new GrantingSide(this)).AddSingleton(new OnboardingSide(this));
        var app = builder.Build();
        app.MapGrpcService<InventorySide>();
        app.MapGrpcService<GrantingSide>();
        app.MapGrpcService<OnboardingSide>();
        await app.StartAsync();
        return app;
    }

    private sealed class InventorySide(FakeMeo meo) : InventoryService.InventoryServiceBase
    {
        public override Task<RegisterSiteResponse> RegisterSite(RegisterSiteRequest request, ServerCallContext context)
        {
            meo.Registrations.Enqueue(request.Site);
            meo.KnowsSite = true;
            return Task.FromResult(new RegisterSiteResponse { HeartbeatIntervalMs = (long)meo.Interval.TotalMilliseconds });
        }

        public override Task<HeartbeatResponse> Heartbeat(HeartbeatRequest request, ServerCallContext context)
        {
            if (!meo.KnowsSite)
            {
                throw Failure.NotFound("SITE_UNKNOWN", "register first").ToException();
            }

            meo.Heartbeats.Enqueue(request);
            return Task.FromResult(new HeartbeatResponse { HeartbeatIntervalMs = (long)meo.Interval.TotalMilliseconds });
        }

        public override Task<DeregisterSiteResponse> DeregisterSite(DeregisterSiteRequest request, ServerCallContext context)
        {
            meo.Left.Enqueue(request.SiteId);
            return Task.FromResult(new DeregisterSiteResponse());
        }
    }

    private sealed class GrantingSide(FakeMeo meo) : GrantingService.GrantingServiceBase
    {
        public override Task<RequestGrantResponse> RequestGrant(RequestGrantRequest request, ServerCallContext context) =>
            meo.GrantRefusal is { } refusal ? throw refusal.ToException() : Task.FromResult(new RequestGrantResponse { Grant = new() { GrantId = request.GrantId } });
    }

    private sealed class OnboardingSide(FakeMeo meo) : OnboardingService.OnboardingServiceBase
    {
        public override async Task DownloadArtifact(
            DownloadArtifactRequest request, IServerStreamWriter<DownloadArtifactResponse> responseStream, ServerCallContext context)
        {
            meo.Downloads.Enqueue(request);
            var content = meo.Artifacts.GetValueOrDefault(request.Sha256) ?? throw Failure.NotFound("ARTIFACT_UNKNOWN", "no such artifact").ToException();
            await (meo.Hold?.Task ?? Task.CompletedTask).WaitAsync(context.CancellationToken);
            for (var at = (int)request.Offset; at < content.Length; at += 64 * 1024)
            {
                if (meo.CutAfter is { } cut && at >= cut)
                {
                    meo.CutAfter = null;
                    throw Failure.Unavailable("GOING_DOWN", "the MEO stops").ToException();
                }

                var chunk = content.AsMemory(at, Math.Min(64 * 1024, content.Length - at));
                await responseStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFrom(chunk.Span), TotalBytes = content.Length }, context.CancellationToken);
            }
        }
    }
}
