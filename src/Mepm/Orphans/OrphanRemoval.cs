using Mano.Mepm.Hosts;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Loop;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Orphans;

/// <summary>Takes away what nobody wants, in the order of every termination: rules first. Every call may be repeated.</summary>
internal sealed class OrphanRemoval(LoopOptions options, TimeProvider clock)
{
    /// <summary>
    /// Under the fence of <paramref name="generation"/>: a newer intent that arrives meanwhile has greater numbers, and
    /// what is sent here is refused then. Throws <see cref="FailureException"/>.
    /// </summary>
    public async Task Remove(MecHost host, Orphan orphan, long generation, bool platformSeen, CancellationToken cancel)
    {
        if (platformSeen)
        {
            await Bounded(c => host.Platform.RemoveIfAny(orphan.Id, Math.Max(generation, orphan.Application?.Generation ?? 0), c), cancel);
        }
        else if (host.PlatformLink.SilentSince is not { } since || clock.GetUtcNow() - since < options.PlatformPatience)
        {
            throw Failure.Unavailable("PLATFORM_SILENT", "The platform cannot be asked to withdraw its rules, which have to leave first.").ToException();
        }

        if (orphan.Compute is { } compute)
        {
            await Bounded(c => host.Vim.DeleteComputeIfAnyAsync(orphan.Id, Math.Max(OperationNumbers.Of(generation, 0), compute.OperationNumber), c), cancel);
        }
    }

    private Task<bool> Bounded(Func<CancellationToken, Task> call, CancellationToken cancel) => CallLimit.Bounded(
        options.CallTimeout,
        clock,
        async c =>
        {
            await call(c);
            return true;
        },
        cancel);
}
