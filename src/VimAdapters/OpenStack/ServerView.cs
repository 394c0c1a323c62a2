using System.Globalization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What a compute is now, from what was intended and what Nova says. Pure.</summary>
internal static class ServerView
{
    /// <summary>The compute as callers see it.</summary>
    /// <param name="record">What was intended.</param>
    /// <param name="server">Its server; null: there is none.</param>
    /// <param name="options">What of it reaches the guest.</param>
    public static Compute Of(ServerRecord record, ServerDetails? server, OpenStackOptions options)
    {
        var (state, reason) = StateOf(record, server);
        return new()
        {
            ComputeId = record.ComputeId,
            Spec = record.Spec,
            OperationNumber = record.Fence.Last,
            State = state,
            Reason = reason,
            Addresses = AddressesOf(record, server),
            CreatedAt = record.CreatedAt,
            StartedAt = StartOf(server?.LaunchedAt) is { } launched ? launched < record.CreatedAt ? record.CreatedAt : launched : null,
            Enforcements = Enforcements(record, options),
        };
    }

    /// <summary>Whether its state is going to change by itself, or by us: then it is looked at often.</summary>
    public static bool IsOnItsWay(ServerRecord record, ServerDetails? server) => record.GaveUp is null
        && (record.Deleting || server is null || server.Status is "BUILD" or "REBUILD" || server is { TaskState: not null, Status: not "ERROR" }
            || (record.Desired == PowerState.Stopped && server.Status == "ACTIVE") || (record.StartPending && server.Status is not ("ERROR" or "ACTIVE")));

    private static List<string> AddressesOf(ServerRecord record, ServerDetails? server)
    {
        var seen = server?.Addresses.Values.SelectMany(a => a).OrderBy(a => a.Version).Select(a => a.Addr).Distinct().ToList() ?? [];
        if (record.Address.Length > 0)
        {
            seen.Remove(record.Address);
            seen.Insert(0, record.Address);
        }

        return seen;
    }

    private static DateTimeOffset? StartOf(string? launched) =>
        DateTimeOffset.TryParse(launched, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static (ComputeState State, string Reason) StateOf(ServerRecord record, ServerDetails? server) =>
        record.Deleting || server?.TaskState == "deleting" ? (ComputeState.Deleting, "it is being deleted")
        : record.GaveUp is { } why ? (ComputeState.Failed, why)
        : server is null ? (ComputeState.Creating, "its ports and its server are being made")
        : server.Status switch
        {
            "ERROR" => (ComputeState.Failed, FaultOf(server)),
            "BUILD" => (ComputeState.Creating, $"Nova builds it{Doing(server)}"),
            "REBUILD" => (ComputeState.Creating, "it is rebuilt from its image, by somebody else"),
            "SHUTOFF" => StandsStill(record, server),
            "ACTIVE" when record.Desired == PowerState.Stopped => (ComputeState.Running, $"it was asked to stop and has not ended yet{Doing(server)}"),
            "ACTIVE" => (ComputeState.Running, $"Nova says it is active{Doing(server)}"),
            "PAUSED" => (ComputeState.Running, "it was paused by somebody else"),
            "REBOOT" or "HARD_REBOOT" or "MIGRATING" or "RESIZE" or "VERIFY_RESIZE" or "REVERT_RESIZE" or "PASSWORD" or "RESCUE" =>
                (ComputeState.Running, $"Nova says {server.Status}: somebody else works on it"),
            "SUSPENDED" or "SHELVED" or "SHELVED_OFFLOADED" => (ComputeState.Stopped, $"Nova says {server.Status}: somebody else put it away"),
            "DELETED" or "SOFT_DELETED" => (ComputeState.Failed, "its server was deleted by somebody else"),
            _ => (ComputeState.Failed, $"Nova says {server.Status}: its host may be down"),
        };

    private static (ComputeState State, string Reason) StandsStill(ServerRecord record, ServerDetails server) =>
        record.Desired == PowerState.Stopped ? (ComputeState.Stopped, "it was stopped on request")
        : record.StartPending ? (ComputeState.Creating, $"it is being started{Doing(server)}")
        : (ComputeState.Stopped, "its guest shut down, or somebody else stopped it");

    private static string FaultOf(ServerDetails server)
    {
        var message = Http.ErrorText.OneLine(server.Fault?.Message ?? "");
        return message.Length > 0 ? $"Nova: {message}" : "Nova says ERROR and not why; its operator finds it by the server's id, " + server.Id;
    }

    private static string Doing(ServerDetails server) => server.TaskState is { Length: > 0 } task ? $" ({task})" : "";

    private static IReadOnlyList<Enforcement> Enforcements(ServerRecord record, OpenStackOptions options) =>
    [
        new("cpu", true, $"{record.FlavorSize.MilliCpu / 1000} virtual CPUs by flavor {record.FlavorName}"),
        new("memory", true, $"{record.FlavorSize.MemoryMib} MiB by flavor {record.FlavorName}"),
        new("disk", record.FlavorSize.DiskGib > 0, record.FlavorSize.DiskGib > 0 ? $"{record.FlavorSize.DiskGib} GiB by flavor {record.FlavorName}" : "the image's own size"),
        new("restart policy", record.Spec.RestartPolicy == RestartPolicy.Never, "a guest that shuts down stays down: Nova has no restart policy"),
        .. record.Spec.Environment.Count == 0 ? Array.Empty<Enforcement>() : [UserData.EnvironmentOf(record.Spec, options)],
    ];
}
