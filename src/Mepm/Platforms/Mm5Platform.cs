using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Common.V1;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.Platform.V1;
using Failure = Mano.Mesh.Failures.Failure;

namespace Mano.Mepm.Platforms;

/// <summary>A MEC platform behind gRPC (platform.v1).</summary>
internal sealed class Mm5Platform(PlatformService.PlatformServiceClient client) : IPlatform
{
    public async Task<PlatformFacts> GetFacts(CancellationToken cancel)
    {
        var facts = await client.GetPlatformAsync(new(), cancellationToken: cancel).Answer(cancel);
        return new(
            facts.PlatformId, facts.Mp1Url, facts.DnsAddress, facts.GatewayAddress,
            [.. facts.Services.Select(s => s.ToBytes())], [.. facts.Features.Select(f => f.ToBytes())]);
    }

    public async Task<PlatformApplication?> Get(string appInstanceId, CancellationToken cancel)
    {
        try
        {
            var got = await client.GetApplicationAsync(new() { AppInstanceId = appInstanceId }, cancellationToken: cancel).Answer(cancel);
            return Read(got.Application);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<PlatformApplication>> List(CancellationToken cancel) =>
        [.. (await client.ListApplicationsAsync(new(), cancellationToken: cancel).Answer(cancel)).Applications.Select(Read)];

    public async Task<PlatformApplication> EnsureApplication(string appInstanceId, long generation, PlatformSetup setup, CancellationToken cancel)
    {
        var request = new EnsureApplicationRequest
        {
            AppInstanceId = appInstanceId,
            Generation = generation,
            Configuration = setup.Configuration.ToMessage<PlatformConfiguration>(),
            ConfigurationDigest = setup.Digest,
        };
        if (!setup.Probes)
        {
            request.Configuration.ReadinessPort = 0;
        }

        return Read((await client.EnsureApplicationAsync(request, cancellationToken: cancel).Answer(cancel)).Application);
    }

    public async Task<PlatformApplication> SetRunning(string appInstanceId, long generation, RunningAt? at, CancellationToken cancel)
    {
        var request = new SetRunningRequest
        {
            AppInstanceId = appInstanceId, Generation = generation, Endpoint = at?.Endpoint.ToWire(), Incarnation = at?.Incarnation ?? "",
        };
        return Read((await client.SetRunningAsync(request, cancellationToken: cancel).Answer(cancel)).Application);
    }

    public async Task<PlatformApplication> Drain(string appInstanceId, long generation, DrainCause cause, TimeSpan grace, CancellationToken cancel)
    {
        var request = new DrainApplicationRequest
        {
            AppInstanceId = appInstanceId,
            Generation = generation,
            OperationAction = cause == DrainCause.Stopping ? OperationAction.Stopping : OperationAction.Terminating,
            GracefulTimeout = grace > TimeSpan.Zero ? Duration.FromTimeSpan(grace) : null,
        };
        return Read((await client.DrainApplicationAsync(request, cancellationToken: cancel).Answer(cancel)).Application);
    }

    public Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel) => client.RemoveApplicationIfAnyAsync(
        new() { AppInstanceId = appInstanceId, Generation = generation }, cancellationToken: cancel).Answer(cancel);

    public async IAsyncEnumerable<PlatformTold> Watch([EnumeratorCancellation] CancellationToken cancel)
    {
        using var call = client.WatchApplications(new(), cancellationToken: cancel);
        while (await MoveNext(call.ResponseStream, cancel))
        {
            var told = call.ResponseStream.Current;
            switch (told.EventCase)
            {
                case WatchApplicationsResponse.EventOneofCase.Changed:
                    yield return new(told.Changed.AppInstanceId, Held: true, IsKnown(told.Changed.Phase) ? Read(told.Changed) : null);
                    break;
                case WatchApplicationsResponse.EventOneofCase.RemovedAppInstanceId:
                    yield return new(told.RemovedAppInstanceId, Held: false, null);
                    break;
                case WatchApplicationsResponse.EventOneofCase.Synced:
                    yield return PlatformTold.Synced;
                    break;
            }
        }
    }

    private static async Task<bool> MoveNext(IAsyncStreamReader<WatchApplicationsResponse> stream, CancellationToken cancel)
    {
        try
        {
            return await stream.MoveNext(cancel);
        }
        catch (RpcException e)
        {
            cancel.ThrowIfCancellationRequested();
            throw new FailureException(RpcFailures.Of(e), e);
        }
    }

    private static PlatformApplication Read(Application? wire) => wire is null
        ? throw Failure.Internal("PLATFORM_ANSWER_EMPTY", "The platform answered without the application that it was asked about.").ToException()
        : new()
        {
            AppInstanceId = wire.AppInstanceId,
            Generation = wire.Generation,
            Phase = PhaseOf(wire.Phase),
            PhaseTime = wire.PhaseTime?.ToDateTimeOffset(),
            Message = wire.Message,
            Endpoint = wire.Endpoint.ToDomain(),
            Rules = new([.. wire.TrafficRules.Select(r => r.ToBytes())], [.. wire.DnsRules.Select(r => r.ToBytes())]),
            ConfigurationDigest = wire.ConfigurationDigest,
            Failure = wire.Failure?.ToFailure(FailureKind.IllegalState),
        };

    private static bool IsKnown(Application.Types.Phase phase) => phase is >= Application.Types.Phase.Configured and <= Application.Types.Phase.Failed;

    private static PlatformPhase PhaseOf(Application.Types.Phase phase) => phase switch
    {
        Application.Types.Phase.Configured => PlatformPhase.Configured,
        Application.Types.Phase.AwaitingReady => PlatformPhase.AwaitingReady,
        Application.Types.Phase.Activating => PlatformPhase.Activating,
        Application.Types.Phase.Active => PlatformPhase.Active,
        Application.Types.Phase.Draining => PlatformPhase.Draining,
        Application.Types.Phase.Drained => PlatformPhase.Drained,
        Application.Types.Phase.Failed => PlatformPhase.Failed,
        _ => throw Failure.Internal("PLATFORM_PHASE_UNKNOWN", $"The platform says phase {(int)phase}, which this version does not know.").ToException(),
    };
}
