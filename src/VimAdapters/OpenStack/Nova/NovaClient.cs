using System.Globalization;
using System.Net;
using System.Text;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Nova;

/// <summary>The Compute API, as far as it is used.</summary>
internal sealed class NovaClient(CloudLink cloud)
{
    private const string StampFormat = "yyyy-MM-ddTHH:mm:ssZ";
    private volatile string? microversion;

    /// <summary>Which dialect is spoken; asks if nobody has.</summary>
    public async Task<string> MicroversionAsync(CancellationToken cancellationToken)
    {
        if (microversion is { } known)
        {
            return known;
        }

        var root = await cloud.AskAsync(new(CloudService.Nova, HttpMethod.Get, ""), NovaJson.Default.NovaRoot, cancellationToken);
        var token = await cloud.WhoAsync(cancellationToken);
        return microversion = Microversion.Choose(root.Version, token.Require(CloudService.Nova, cloud.Settings)).ToString();
    }

    /// <summary>The servers whose names match; with a stamp only those that changed since, deleted ones too.</summary>
    public async Task<IReadOnlyList<ServerDetails>> ListAsync(string namePattern, DateTimeOffset? changedSince, CancellationToken cancellationToken)
    {
        var filter = $"servers/detail?name={Uri.EscapeDataString(namePattern)}"
            + (changedSince is { } since ? "&changes-since=" + Uri.EscapeDataString(since.UtcDateTime.ToString(StampFormat, CultureInfo.InvariantCulture)) : "");
        var all = new List<ServerDetails>();
        var marker = "";
        while (true)
        {
            var page = await cloud.AskAsync(await RequestAsync(HttpMethod.Get, filter + marker, cancellationToken), NovaJson.Default.ServerList, cancellationToken);
            all.AddRange(page.Servers);
            if (page.Servers.Count == 0 || page.Links?.Any(l => l.Rel == "next") is not true)
            {
                return all;
            }

            marker = "&marker=" + page.Servers[^1].Id;
        }
    }

    public async Task<ServerDetails?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await cloud.AskIfAnyAsync(await RequestAsync(HttpMethod.Get, $"servers/{id}", cancellationToken), NovaJson.Default.ServerAnswer, cancellationToken))?.Server;

    /// <summary>Asks for a server; Nova answers when it has written it down, and knows no key of ours: the same again makes another.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(CreateServerRequest server, CancellationToken cancellationToken)
    {
        var request = (await RequestAsync(HttpMethod.Post, "servers", cancellationToken)).With(server, NovaJson.Default.CreateServerRequest);
        return (await cloud.AskAsync(request, NovaJson.Default.ServerAnswer, cancellationToken)).Server.Id;
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        await cloud.DeleteIfAnyAsync(await RequestAsync(HttpMethod.Delete, $"servers/{id}", cancellationToken), cancellationToken);

    /// <summary>Asks it to stop; false where its present state does not allow it.</summary>
    public async Task<bool> TryStopAsync(string id, CancellationToken cancellationToken) =>
        await TryAsync((await RequestAsync(HttpMethod.Post, $"servers/{id}/action", cancellationToken)).With(new StopServer(), NovaJson.Default.StopServer), cancellationToken);

    /// <summary>Starts it; false where its present state does not allow it.</summary>
    public async Task<bool> TryStartAsync(string id, CancellationToken cancellationToken) =>
        await TryAsync((await RequestAsync(HttpMethod.Post, $"servers/{id}/action", cancellationToken)).With(new StartServer(), NovaJson.Default.StartServer), cancellationToken);

    /// <summary>Gives a server a port that nobody has; false where its present state does not allow it.</summary>
    public async Task<bool> TryAttachAsync(string id, string portId, CancellationToken cancellationToken) =>
        await TryAsync((await RequestAsync(HttpMethod.Post, $"servers/{id}/os-interface", cancellationToken)).With(new AttachPort(new(portId)), NovaJson.Default.AttachPort), cancellationToken);

    /// <summary>The end of its console; nothing while there is none.</summary>
    public async Task<ComputeLog> ReadConsoleAsync(string id, int limit, CancellationToken cancellationToken)
    {
        // A line is a byte at least: so many lines hold the bytes that are wanted, and one more if anything was left out.
        var request = (await RequestAsync(HttpMethod.Post, $"servers/{id}/action", cancellationToken)).With(new ReadConsole(new(limit + 1)), NovaJson.Default.ReadConsole);
        try
        {
            var text = Encoding.UTF8.GetBytes((await cloud.AskAsync(request, NovaJson.Default.ConsoleOutput, cancellationToken)).Output ?? "");
            return text.Length <= limit ? new(Encoding.UTF8.GetString(text), false) : new(Encoding.UTF8.GetString(text.AsSpan(text.Length - limit)).TrimStart('\uFFFD'), true);
        }
        catch (OpenStackRefusedException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.NotImplemented)
        {
            return new("", false);
        }
    }

    /// <summary>What was done to it, the newest first.</summary>
    public async Task<IReadOnlyList<ServerAction>> ActionsAsync(string id, CancellationToken cancellationToken) =>
        (await cloud.AskIfAnyAsync(await RequestAsync(HttpMethod.Get, $"servers/{id}/os-instance-actions", cancellationToken), NovaJson.Default.ActionList, cancellationToken))?.Actions ?? [];

    public async Task<AbsoluteLimits> LimitsAsync(CancellationToken cancellationToken) =>
        (await cloud.AskAsync(await RequestAsync(HttpMethod.Get, "limits", cancellationToken), NovaJson.Default.LimitsAnswer, cancellationToken)).Limits.Absolute;

    /// <summary>The availability zones in which servers may lie now.</summary>
    public async Task<IReadOnlyList<string>> ZonesAsync(CancellationToken cancellationToken) =>
        [.. (await cloud.AskAsync(await RequestAsync(HttpMethod.Get, "os-availability-zone", cancellationToken), NovaJson.Default.ZoneList, cancellationToken))
            .Zones.Where(z => z.State?.Available ?? true).Select(z => z.Name).Order(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<FlavorDetails>> FlavorsAsync(CancellationToken cancellationToken)
    {
        var all = new List<FlavorDetails>();
        var marker = "";
        while (true)
        {
            var page = await cloud.AskAsync(await RequestAsync(HttpMethod.Get, "flavors/detail" + marker, cancellationToken), NovaJson.Default.FlavorList, cancellationToken);
            all.AddRange(page.Flavors);
            if (page.Flavors.Count == 0 || page.Links?.Any(l => l.Rel == "next") is not true)
            {
                return all;
            }

            marker = "?marker=" + Uri.EscapeDataString(page.Flavors[^1].Id);
        }
    }

    public async Task<FlavorDetails> CreateFlavorAsync(CreateFlavor flavor, CancellationToken cancellationToken) =>
        (await cloud.AskAsync((await RequestAsync(HttpMethod.Post, "flavors", cancellationToken)).With(new CreateFlavorRequest(flavor), NovaJson.Default.CreateFlavorRequest),
            NovaJson.Default.FlavorAnswer, cancellationToken)).Flavor;

    public async Task DeleteFlavorAsync(string id, CancellationToken cancellationToken) =>
        await cloud.DeleteIfAnyAsync(await RequestAsync(HttpMethod.Delete, $"flavors/{Uri.EscapeDataString(id)}", cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<ServerGroup>> GroupsAsync(CancellationToken cancellationToken) =>
        (await cloud.AskAsync(await RequestAsync(HttpMethod.Get, "os-server-groups", cancellationToken), NovaJson.Default.ServerGroupList, cancellationToken)).Groups;

    public async Task<ServerGroup> CreateGroupAsync(CreateServerGroup group, CancellationToken cancellationToken) =>
        (await cloud.AskAsync((await RequestAsync(HttpMethod.Post, "os-server-groups", cancellationToken)).With(new CreateServerGroupRequest(group), NovaJson.Default.CreateServerGroupRequest),
            NovaJson.Default.ServerGroupAnswer, cancellationToken)).Group;

    public async Task DeleteGroupAsync(string id, CancellationToken cancellationToken) =>
        await cloud.DeleteIfAnyAsync(await RequestAsync(HttpMethod.Delete, $"os-server-groups/{id}", cancellationToken), cancellationToken);

    private async Task<bool> TryAsync(CloudRequest action, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.TellAsync(action, cancellationToken);
            return true;
        }
        catch (OpenStackRefusedException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            // Already so, or in the middle of something: the next look decides anew.
            return false;
        }
    }

    private async Task<CloudRequest> RequestAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        var version = await MicroversionAsync(cancellationToken);
        return new(CloudService.Nova, method, path) { Headers = [("OpenStack-API-Version", $"compute {version}"), ("X-OpenStack-Nova-API-Version", version)] };
    }
}
