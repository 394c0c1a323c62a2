using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Nova;

/// <summary>The groups whose servers lie together or apart: server groups of Nova, made when first needed and removed with their last compute.</summary>
internal sealed class ServerGroups(NovaClient nova, Mark mark, OpenStackOptions options, ServerTable table, ILogger logger)
{
    private readonly KeyedLock keys = new();

    /// <summary>What Nova cannot keep; null: it can.</summary>
    public static Failure? Refuse(string computeId, ComputeSpec spec) => spec.Groups.Count > 1
        ? VimFailures.GroupCannotBeKept(computeId, spec.Groups[1], $"Nova puts a server into one group, and {spec.Groups[0].Name} is the first.") : null;

    /// <summary>Keeps the group of a compute as it is; dispose the result when its server has been asked for.</summary>
    public async Task<IDisposable?> TakeAsync(ComputeSpec spec, CancellationToken cancellationToken) =>
        spec.Groups.Count == 0 ? null : await keys.TakeAsync(NameOf(spec), cancellationToken);

    /// <summary>The group of a compute; null: it has none. The caller keeps it.</summary>
    public async Task<string?> EnsureAsync(ComputeSpec spec)
    {
        if (spec.Groups.Count == 0)
        {
            return null;
        }

        var name = NameOf(spec);
        var same = (await nova.GroupsAsync(CancellationToken.None)).Where(g => g.Name == name).OrderByDescending(g => g.Members.Count).ThenBy(g => g.Id, StringComparer.Ordinal).ToArray();
        foreach (var twin in same.Skip(1).Where(g => g.Members.Count == 0))
        {
            await nova.DeleteGroupAsync(twin.Id, CancellationToken.None);
        }

        return same.Length > 0 ? same[0].Id : (await nova.CreateGroupAsync(new(name, PolicyOf(spec.Groups[0].Rule)), CancellationToken.None)).Id;
    }

    /// <summary>Removes our groups that no compute names.</summary>
    public async Task SweepAsync(string exceptComputeId, CancellationToken cancellationToken)
    {
        foreach (var group in (await nova.GroupsAsync(cancellationToken)).Where(g => mark.IsServerGroup(g.Name)))
        {
            using var key = await keys.TakeAsync(group.Name, cancellationToken);
            if (!table.All.Any(r => r.ComputeId != exceptComputeId && !r.Deleting && r.Spec.Groups.Count > 0 && NameOf(r.Spec) == group.Name) && group.Members.Count == 0)
            {
                Log.RemovedLeftover(logger, "Server group", group.Name, group.Id);
                await nova.DeleteGroupAsync(group.Id, cancellationToken);
            }
        }
    }

    private string NameOf(ComputeSpec spec) => mark.ServerGroup(spec.Labels.Tenant, spec.Groups[0].Name, PolicyOf(spec.Groups[0].Rule));

    private string PolicyOf(AffinityRule rule) => (options.SoftAffinity ? "soft-" : "") + (rule == AffinityRule.Apart ? "anti-affinity" : "affinity");
}
