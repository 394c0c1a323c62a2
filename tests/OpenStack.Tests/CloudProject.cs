using System.Globalization;
using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>A project of one test class in the real cloud, with a user, a network and a subnet, looked at past the adapter.</summary>
public sealed class CloudProject : IDisposable
{
    public const string Password = "s3cret-of-the-tests";
    private static int last;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string suffix = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
    private string adminToken = "";
    private DateTimeOffset adminSince;

    private CloudProject(Testbed testbed) => Testbed = testbed;

    public Testbed Testbed { get; }

    public string Name => "tests-" + suffix;

    public string User => "tester-" + suffix;

    public string Id { get; private set; } = "";

    public string UserId { get; private set; } = "";

    /// <summary>Its network, 10.9.0.0/24.</summary>
    public string NetworkId { get; private set; } = "";

    public static async Task<CloudProject> MakeAsync(Testbed testbed)
    {
        var project = new CloudProject(testbed);
        project.Id = Text(await project.AdminAsync("POST", $"{testbed.Keystone}/projects", new JsonObject { ["project"] = new JsonObject { ["name"] = project.Name, ["domain_id"] = "default" } }), "project", "id");
        project.UserId = Text(await project.AdminAsync("POST", $"{testbed.Keystone}/users",
            new JsonObject { ["user"] = new JsonObject { ["name"] = project.User, ["domain_id"] = "default", ["password"] = Password } }), "user", "id");
        await project.GrantAsync("member");
        project.NetworkId = Text(await project.AdminAsync("POST", $"{testbed.Neutron}/v2.0/networks",
            new JsonObject { ["network"] = new JsonObject { ["name"] = "apps", ["project_id"] = project.Id } }), "network", "id");
        await project.AdminAsync("POST", $"{testbed.Neutron}/v2.0/subnets", new JsonObject
        {
            ["subnet"] = new JsonObject { ["network_id"] = project.NetworkId, ["ip_version"] = 4, ["cidr"] = "10.9.0.0/24", ["project_id"] = project.Id },
        });
        return project;
    }

    /// <summary>Gives the user another role in the project.</summary>
    public async Task GrantAsync(string role)
    {
        var id = Text(await AdminAsync("GET", $"{Testbed.Keystone}/roles?name={role}"), "roles", 0, "id");
        await AdminAsync("PUT", $"{Testbed.Keystone}/projects/{Id}/users/{UserId}/roles/{id}");
    }

    /// <summary>Nova's quota of the project.</summary>
    public Task SetQuotaAsync(string what, int limit) => AdminAsync("PUT", $"{Testbed.Nova}/v2.1/os-quota-sets/{Id}", new JsonObject { ["quota_set"] = new JsonObject { [what] = limit } });

    /// <summary>Endpoints in a region of their own, one of them at another address.</summary>
    public async Task AddRegionAsync(string region, string serviceType, string url)
    {
        var services = (await AdminAsync("GET", $"{Testbed.Keystone}/services"))!["services"]!.AsArray();
        var endpoints = (await AdminAsync("GET", $"{Testbed.Keystone}/endpoints"))!["endpoints"]!.AsArray();
        await AdminAsync("POST", $"{Testbed.Keystone}/regions", new JsonObject { ["region"] = new JsonObject { ["id"] = region } });
        foreach (var service in services)
        {
            var present = endpoints.First(e => (string)e!["service_id"]! == (string)service!["id"]! && (string)e["interface"]! == "public" && (string)e["region_id"]! == "RegionOne")!;
            await AdminAsync("POST", $"{Testbed.Keystone}/endpoints", new JsonObject
            {
                ["endpoint"] = new JsonObject
                {
                    ["service_id"] = (string)service!["id"]!, ["interface"] = "public", ["region_id"] = region,
                    ["url"] = (string)service["type"]! == serviceType ? url : (string)present["url"]!,
                },
            });
        }
    }

    public async Task<JsonArray> ServersAsync(string more = "") =>
        [.. (await AdminAsync("GET", $"{Testbed.Nova}/v2.1/servers/detail?all_tenants=1&project_id={Id}{more}"))!["servers"]!.AsArray().Select(s => s!.DeepClone())];

    public async Task<JsonArray> PortsAsync() => await ListAsync("ports");

    public async Task<JsonArray> ImagesAsync() =>
        [.. (await AdminAsync("GET", $"{Testbed.Glance}/v2/images?owner={Id}&visibility=all&member_status=all"))!["images"]!.AsArray().Select(s => s!.DeepClone())];

    /// <summary>What of Neutron's belongs to the project.</summary>
    public async Task<JsonArray> ListAsync(string kind) =>
        [.. (await AdminAsync("GET", $"{Testbed.Neutron}/v2.0/{kind}?project_id={Id}"))![kind.Replace('-', '_')]!.AsArray().Select(s => s!.DeepClone())];

    /// <summary>What there is in the project beside what it began with, in words; empty: nothing.</summary>
    public async Task<string> LeftAsync()
    {
        var left = new List<string>();
        left.AddRange((await ServersAsync()).Select(s => $"server {s!["name"]} {s["status"]}"));
        left.AddRange((await PortsAsync()).Where(p => !((string)p!["device_owner"]!).StartsWith("network:", StringComparison.Ordinal)).Select(p => $"port {p!["name"]}"));
        left.AddRange((await ListAsync("security-groups")).Where(g => (string)g!["name"]! != "default").Select(g => $"security group {g!["name"]}"));
        left.AddRange((await ListAsync("networks")).Where(n => (string)n!["id"]! != NetworkId).Select(n => $"network {n!["name"]}"));
        left.AddRange((await ImagesAsync()).Select(i => $"image {i!["name"]} {i["status"]}"));
        left.AddRange((await AdminAsync("GET", $"{Testbed.Nova}/v2.1/os-server-groups?all_projects=1"))!["server_groups"]!.AsArray()
            .Where(g => (string?)g!["project_id"] == Id).Select(g => $"server group {g!["name"]}"));
        left.AddRange((await AdminAsync("GET", $"{Testbed.Nova}/v2.1/flavors/detail"))!["flavors"]!.AsArray()
            .Where(f => ((string)f!["name"]!).StartsWith("mano-" + Name, StringComparison.Ordinal)).Select(f => $"flavor {f!["name"]}"));
        return string.Join(", ", left);
    }

    /// <summary>A call as administrator; fails the test with what the service says.</summary>
    public Task<JsonNode?> AdminAsync(string method, string url, JsonNode? body = null) => CallAsync(AdminTokenAsync, method, url, body);

    /// <summary>A call as the project's user.</summary>
    public Task<JsonNode?> AsUserAsync(string method, string url, JsonNode? body = null) => CallAsync(() => TokenAsync(User, Password, Name), method, url, body);

    public void Dispose() => http.Dispose();

    private async Task<string> AdminTokenAsync()
    {
        if (adminToken.Length == 0 || TimeProvider.System.GetUtcNow() - adminSince > TimeSpan.FromSeconds(45))
        {
            adminToken = await TokenAsync("admin", "admin-pass", "admin");
            adminSince = TimeProvider.System.GetUtcNow();
        }

        return adminToken;
    }

    private async Task<string> TokenAsync(string user, string password, string project)
    {
        static JsonObject Domain() => new() { ["id"] = "default" };
        var body = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = user, ["domain"] = Domain(), ["password"] = password } },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = project, ["domain"] = Domain() } },
            },
        };
        using var answer = await http.PostAsync($"{Testbed.Keystone}/auth/tokens", Json(body));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    private async Task<JsonNode?> CallAsync(Func<Task<string>> token, string method, string url, JsonNode? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url) { Content = body is null ? null : Json(body) };
        request.Headers.Add("X-Auth-Token", await token());
        if (url.StartsWith(Testbed.Nova, StringComparison.Ordinal))
        {
            request.Headers.Add("OpenStack-API-Version", "compute 2.93");
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {url}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    // With its length: Keystone reads no chunks.
    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");

    public static string Text(JsonNode? node, params object[] path)
    {
        foreach (var step in path)
        {
            node = step is int index ? node![index] : node![(string)step];
        }

        return (string)node!;
    }
}
