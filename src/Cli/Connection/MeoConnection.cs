using Grpc.Core;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Mesh.Security;
using Mano.Onboarding.V1;
using Mano.Platform.V1;
using Mano.Site.V1;

namespace Mano.Cli.Connection;

/// <summary>
/// The MEO's services at one address. Every unary call goes through <see cref="Ask{T}"/>: it carries the run's
/// idempotency key, has a deadline, and is repeated with the same key while the MEO cannot be reached for a moment.
/// </summary>
internal sealed class MeoConnection(string address, string idempotencyKey, TimeProvider clock, MeshCertificates? certificates = null) : IDisposable
{
    /// <summary>How long one call may take. Every call is answered as soon as it is durable, so this is far beyond a slow disk.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <summary>Pauses before the second, third, … try: together longer than a MEO takes to start again.</summary>
    private static readonly TimeSpan[] Pauses = [.. new[] { 50, 150, 400, 900, 1500 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    private readonly GrpcChannels channels = new(certificates);

    public string Address => address;

    public OnboardingService.OnboardingServiceClient Onboarding => new(channels.For(address));

    public LifecycleService.LifecycleServiceClient Lifecycle => new(channels.For(address));

    public OperationService.OperationServiceClient Operations => new(channels.For(address));

    public PlacementService.PlacementServiceClient Placement => new(channels.For(address));

    public InventoryService.InventoryServiceClient Inventory => new(channels.For(address));

    public ReplicaService.ReplicaServiceClient Replicas => new(channels.For(address));

    public GrantingService.GrantingServiceClient Granting => new(channels.For(address));

    /// <summary>The MEPM at another address; what only a site knows is asked there.</summary>
    public SiteService.SiteServiceClient SiteAt(string mepmAddress) => new(channels.For(mepmAddress));

    /// <summary>For the operators of that site: its VIMs and hosts.</summary>
    public SiteVimService.SiteVimServiceClient SiteVimsAt(string mepmAddress) => new(channels.For(mepmAddress));

    /// <summary>Mm5 of a platform at another address.</summary>
    public PlatformService.PlatformServiceClient PlatformAt(string platformAddress) => new(channels.For(platformAddress));

    /// <summary>What a call that is not unary needs to carry.</summary>
    public Metadata Headers(string keySuffix = "") => new() { { "idempotency-key", idempotencyKey + keySuffix } };

    /// <param name="keySuffix">Tells the calls of one run apart where a run makes more than one change: each is its own request.</param>
    /// <exception cref="FailureException">The failure that the MEO answered, or that it could not be reached.</exception>
    public Task<T> Ask<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken stop, string keySuffix = "") =>
        AskAt(address, "MEO", call, stop, keySuffix);

    /// <summary>The same to another process of the system.</summary>
    /// <param name="patience">How long one call may take, where that is longer than usual.</param>
    public async Task<T> AskAt<T>(
        string at, string who, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken stop, string keySuffix = "", TimeSpan? patience = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call(new CallOptions(Headers(keySuffix), clock.GetUtcNow().UtcDateTime + (patience ?? Deadline), stop));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && attempt < Pauses.Length && !stop.IsCancellationRequested)
            {
                await Task.Delay(Pauses[attempt], clock, stop);
            }
            catch (RpcException e)
            {
                throw Explain(e, at, who).ToException();
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested && e.InnerException is RpcException late)
            {
                // Our channels tell a deadline so.
                throw Explain(late, at, who, patience).ToException();
            }
        }
    }

    /// <summary>A failed call as a failure that names who was asked.</summary>
    public static Failure Explain(RpcException exception, string at, string who, TimeSpan? patience = null)
    {
        var failure = exception.ToFailure();
        return failure.Kind switch
        {
            FailureKind.Unavailable when exception.GetRpcStatus() is null => failure with
            {
                Reason = "UNREACHABLE",
                Message = $"The {who} at {at} cannot be reached ({Short(exception.Status.Detail)}). Is it running, and is that its gRPC address?",
                Subject = at,
            },
            FailureKind.DeadlineExceeded => failure with
            {
                Message = $"The {who} at {at} did not answer in {(patience ?? Deadline).TotalSeconds:0.###} s; whether the request was accepted is not known. Asking again with the same --idempotency-key is safe.",
                Subject = at,
            },
            FailureKind.Internal => failure with { Message = $"The {who} at {at} answered with an internal error: {failure.Message}" },
            _ => failure,
        };
    }

    public void Dispose() => channels.Dispose();

    /// <summary>Of a chain of causes the last: "Connection refused".</summary>
    private static string Short(string detail)
    {
        var cause = detail.ReplaceLineEndings(" ").Split("Exception: ")[^1].Trim().TrimEnd('.');
        return cause.Length > 160 ? cause[..160] + "…" : cause;
    }
}
