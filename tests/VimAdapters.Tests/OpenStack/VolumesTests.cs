using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;
using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Keystone;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.OpenStack;

/// <summary>
/// Volumes, against a Cinder that is not one: a small server that holds to what the Block Storage API documents of states and refusals.
/// A real control plane with Cinder was not at hand; what only a real one can show (attaching) is not shown here.
/// </summary>
public sealed class VolumesTests : IAsyncLifetime
{
    private readonly CinderDouble cinder = new();
    private readonly TempFolder folder = new();

    public Task InitializeAsync() => cinder.StartAsync();

    public async Task DisposeAsync()
    {
        await cinder.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Volumes_are_made_once_waited_for_and_go_with_the_compute()
    {
        using var parts = Parts();
        var record = Record("one", new ComputeVolume("data", 5), new ComputeVolume("log", 0));
        Assert.Null(await parts.Volumes.EnsureAsync(record));
        Assert.Null(await parts.Volumes.EnsureAsync(record));
        cinder.Settle("creating", "available");
        var made = await parts.Volumes.EnsureAsync(record);
        Assert.Equal([5, 1], made!.Select(v => v.Size));
        Assert.Equal(2, cinder.Volumes.Count);
        Assert.All(cinder.Volumes, v => Assert.Equal("edge", (string)v["metadata"]!["mano:site"]!));

        // Attached ones are refused, and go when the server is gone.
        cinder.Settle("available", "in-use");
        var (left, why) = await parts.Volumes.RemoveAsync("one", default);
        Assert.Equal(2, left);
        Assert.Contains("status must be available", why, StringComparison.Ordinal);
        cinder.Settle("in-use", "available");
        Assert.Equal(2, (await parts.Volumes.RemoveAsync("one", default)).Left);
        cinder.Settle("deleting", null);
        Assert.Equal(0, (await parts.Volumes.RemoveAsync("one", default)).Left);
        Assert.Empty(cinder.Volumes);
    }

    [Fact]
    public async Task A_lost_answer_to_the_create_of_a_volume_leaves_one()
    {
        using var parts = Parts();
        cinder.LoseNextCreate = true;
        await Assert.ThrowsAsync<FailureException>(() => parts.Volumes.EnsureAsync(Record("one", new ComputeVolume("data", 5))));
        cinder.Settle("creating", "available");
        Assert.Single((await parts.Volumes.EnsureAsync(Record("one", new ComputeVolume("data", 5))))!);
        Assert.Single(cinder.Volumes);
    }

    [Fact]
    public async Task Cinders_quota_and_its_errors_are_RESOURCE_EXHAUSTED()
    {
        using var parts = Parts();
        cinder.MaxGib = 4;
        var refused = await Assert.ThrowsAsync<OpenStackRefusedException>(() => parts.Volumes.EnsureAsync(Record("one", new ComputeVolume("data", 5))));
        Assert.Equal(FailureKind.NoCapacity, OpenStackFailures.Of(refused, "one", Record("one").Spec).Kind);
        cinder.MaxGib = 100;
        await parts.Volumes.EnsureAsync(Record("one", new ComputeVolume("data", 5)));
        cinder.Settle("creating", "error");
        var broken = await Assert.ThrowsAsync<FailureException>(() => parts.Volumes.EnsureAsync(Record("one", new ComputeVolume("data", 5))));
        Assert.Equal(FailureKind.NoCapacity, broken.Failure.Kind);
    }

    [Fact]
    public async Task Volumes_of_nobody_are_removed_and_those_of_others_are_not()
    {
        using var parts = Parts();
        await parts.Volumes.EnsureAsync(Record("gone", new ComputeVolume("data", 1)));
        cinder.Settle("creating", "available");
        cinder.Volumes.Add(new JsonObject { ["id"] = "theirs", ["name"] = "mano-edge-x-vol-0", ["status"] = "available", ["size"] = 1, ["metadata"] = new JsonObject() });
        await parts.Volumes.SweepAsync(id => id != "gone", default);
        cinder.Settle("deleting", null);
        Assert.Equal("theirs", (string)Assert.Single(cinder.Volumes)["id"]!);
    }

    private static ServerRecord Record(string id, params ComputeVolume[] volumes) => new()
    {
        ComputeId = id, SpecDigest = "", Fence = new(1), CreatedAt = DateTimeOffset.UnixEpoch, Address = "",
        Spec = new() { Name = "app", Images = [new("sha256:" + new string('a', 64), ImageFormat.Raw)], Resources = new(1000, 64, 9), Labels = new("t", "app"), Volumes = volumes },
    };

    private VolumeParts Parts()
    {
        var options = new OpenStackOptions { Folder = folder.FullPath, AuthUrl = cinder.Url + "/v3", Username = "u", Password = "p", ProjectName = "p" };
        var settings = CloudSettings.Of(options);
        var http = new HttpLink(settings, options, TimeProvider.System);
        var session = new KeystoneSession(http, settings, TimeProvider.System, NullLogger.Instance);
        return new(http, session, new(new(new(http, session)), new Mark("edge"), options, NullLogger.Instance));
    }

    private sealed record VolumeParts(HttpLink Http, KeystoneSession Session, ServerVolumes Volumes) : IDisposable
    {
        public void Dispose()
        {
            Session.Dispose();
            Http.Dispose();
        }
    }
}

/// <summary>Keystone and Cinder as far as volumes need them: a volume is created, deleted and refused as the API says.</summary>
internal sealed class CinderDouble : IAsyncDisposable
{
    private WebApplication app = null!;
    private int last;

    public List<JsonObject> Volumes { get; } = [];

    public string Url { get; private set; } = "";

    public long MaxGib { get; set; } = 1000;

    public bool LoseNextCreate { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Url = app.Urls.Single();
    }

    /// <summary>What was in one state is in another; null: it is gone.</summary>
    public void Settle(string from, string? to)
    {
        foreach (var volume in Volumes.Where(v => (string)v["status"]! == from).ToArray())
        {
            if (to is null)
            {
                Volumes.Remove(volume);
            }
            else
            {
                volume["status"] = to;
            }
        }
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value!);
        var body = context.Request.ContentLength > 0 ? await JsonNode.ParseAsync(context.Request.Body) : null;
        var (status, answer) = (method, path) switch
        {
            ("POST", "/v3/auth/tokens") => Token(context),
            _ when context.Request.Headers["X-Auth-Token"] != "good" => (401, Error("unauthorized", 401, "who are you")),
            ("GET", "/v3/p1/volumes/detail") => (200, new JsonObject { ["volumes"] = new JsonArray([.. Volumes.Select(v => v.DeepClone())]) }),
            ("POST", "/v3/p1/volumes") => Create(body!["volume"]!.AsObject(), context),
            ("DELETE", _) => Delete(path.Split('/')[^1]),
            _ => (404, Error("itemNotFound", 404, "The resource could not be found.")),
        };
        if (status == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer?.ToJsonString() ?? "");
    }

    private (int Status, JsonObject? Answer) Token(HttpContext context)
    {
        context.Response.Headers["X-Subject-Token"] = "good";
        return (201, new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["expires_at"] = "2099-01-01T00:00:00.000000Z", ["project"] = new JsonObject { ["id"] = "p1", ["name"] = "p" },
                ["catalog"] = new JsonArray(new JsonObject
                {
                    ["type"] = "volumev3", ["endpoints"] = new JsonArray(new JsonObject { ["interface"] = "public", ["region_id"] = "R", ["url"] = Url + "/v3/p1" }),
                }),
            },
        });
    }

    private (int Status, JsonObject? Answer) Create(JsonObject asked, HttpContext context)
    {
        var size = (long)asked["size"]!;
        var used = Volumes.Sum(v => (long)v["size"]!);
        if (size < 1)
        {
            return (400, Error("badRequest", 400, "Invalid input for field/attribute size. Value: 0."));
        }

        if (used + size > MaxGib)
        {
            return (413, Error("overLimit", 413, $"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested {size}G, quota is {MaxGib}G and {used}G has been consumed."));
        }

        var volume = new JsonObject { ["id"] = $"v-{++last}", ["name"] = (string?)asked["name"], ["size"] = size, ["status"] = "creating", ["metadata"] = asked["metadata"]!.DeepClone() };
        Volumes.Add(volume);
        if (LoseNextCreate)
        {
            LoseNextCreate = false;
            return (0, null);
        }

        return (202, new JsonObject { ["volume"] = volume.DeepClone() });
    }

    private (int Status, JsonObject? Answer) Delete(string id)
    {
        if (Volumes.FirstOrDefault(v => (string)v["id"]! == id) is not { } volume)
        {
            return (404, Error("itemNotFound", 404, $"Volume {id} could not be found."));
        }

        if ((string)volume["status"]! is not ("available" or "error" or "error_deleting"))
        {
            return (400, Error("badRequest", 400, "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer."));
        }

        volume["status"] = "deleting";
        return (202, null);
    }

    private static JsonObject Error(string name, int code, string message) => new() { [name] = new JsonObject { ["code"] = code, ["message"] = message } };
}
