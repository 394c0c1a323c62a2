using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>Servers that somebody makes past the adapter.</summary>
internal static class ForeignServer
{
    /// <summary>A server in the project that bears no mark; the result takes it away.</summary>
    public static async Task<IAsyncDisposable> AddAsync(CloudProject project)
    {
        var id = await MakeAsync(project, "somebody-elses", []);
        return new Gone(project, id);
    }

    /// <summary>A server of any name and marks; its id.</summary>
    public static async Task<string> MakeAsync(CloudProject project, string name, JsonObject metadata, string? portId = null)
    {
        var image = CloudProject.Text(await project.AdminAsync("GET", $"{project.Testbed.Glance}/v2/images?name=tiny"), "images", 0, "id");
        var network = portId is null ? new JsonObject { ["uuid"] = project.NetworkId } : new JsonObject { ["port"] = portId };
        return CloudProject.Text(await project.AsUserAsync("POST", $"{project.Testbed.Nova}/v2.1/servers", new JsonObject
        {
            ["server"] = new JsonObject { ["name"] = name, ["flavorRef"] = "1", ["imageRef"] = image, ["networks"] = new JsonArray(network), ["metadata"] = metadata },
        }), "server", "id");
    }

    public static async Task DeleteAsync(CloudProject project, string id)
    {
        await project.AsUserAsync("DELETE", $"{project.Testbed.Nova}/v2.1/servers/{id}");
        await Patiently.Is(async () => (await project.ServersAsync()).All(s => (string)s!["id"]! != id), "the server is gone");
    }

    private sealed class Gone(CloudProject project, string id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await DeleteAsync(project, id);
    }
}
