using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SQLitePCL;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>A real PowerDNS authoritative server on SQLite, with the caches that it has by default.</summary>
internal sealed class PowerDnsServer : DnsTestServer
{
    public const string Program = "/usr/sbin/pdns_server";
    public const string Schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";
    private const string Key = "a-key-of-this-test";

    private readonly TempFolder folder = new();
    private readonly OwnedServer process;
    private readonly HttpClient http;
    private readonly int apiPort = DaemonProcess.FreePort();

    public PowerDnsServer()
    {
        process = new(folder.File("pdns.log"));
        http = new() { BaseAddress = new Uri($"{Api}/api/v1/servers/localhost/") };
        http.DefaultRequestHeaders.Add("X-API-Key", Key);
        File.WriteAllText(KeyFile, Key + "\n");
        Execute(File.ReadAllText(Schema));
    }

    public string Api => $"http://127.0.0.1:{apiPort}";

    public string KeyFile => folder.File("key");

    public override string[] PlatformFlags => ["--dns-backend", "powerdns", "--powerdns-api", Api, "--powerdns-key-file", KeyFile];

    public override async Task Start()
    {
        await process.Start(Program, "--config-dir=" + folder.FullPath, "--launch=gsqlite3", "--gsqlite3-database=" + folder.File("pdns.db"),
            "--local-address=127.0.0.1", $"--local-port={Address.Port}", "--webserver=yes", "--webserver-address=127.0.0.1", $"--webserver-port={apiPort}",
            "--api=yes", "--api-key=" + Key, "--socket-dir=" + folder.FullPath, "--daemon=no", "--guardian=no", "--security-poll-suffix=", "--setuid=", "--setgid=");
        await Eventually.Is(async () => await Answers(), "PowerDNS answers");
        if ((await Zones()).All(z => z != Zone + "."))
        {
            await Post(new JsonObject
            {
                ["name"] = Zone + ".", ["kind"] = "Native", ["nameservers"] = new JsonArray($"ns.{Zone}."),
            });
            await AddForeign("operator." + Zone, "198.51.100.1");
        }
    }

    public override Task Kill() => process.Kill();

    public override Task LoseWhatIsOurs()
    {
        Execute("DELETE FROM records WHERE name IN (SELECT name FROM comments WHERE account LIKE 'mano:%'); DELETE FROM comments WHERE account LIKE 'mano:%';");
        return Task.CompletedTask;
    }

    public override Task AddForeign(string name, string address) => Set(name, "A", address, null);

    public override Task RemoveForeign(string name) => Patch(new JsonObject { ["name"] = name + ".", ["type"] = "A", ["changetype"] = "DELETE" });

    public override Task Plant(string appInstanceId, string name, string address) =>
        Set(name, "A", address, new JsonObject { ["content"] = appInstanceId, ["account"] = $"mano:{BackendWorld.PlatformId}" });

    public Task Set(string name, string type, string content, JsonObject? comment) => Patch(new JsonObject
    {
        ["name"] = name + ".", ["type"] = type, ["ttl"] = Ttl, ["changetype"] = "REPLACE",
        ["records"] = new JsonArray(new JsonObject { ["content"] = content, ["disabled"] = false }),
        ["comments"] = comment is null ? [] : new JsonArray(comment),
    });

    public async Task<IReadOnlyList<string>> Zones() =>
        [.. (await http.GetFromJsonAsync<JsonArray>("zones"))!.Select(z => (string)z!["name"]!)];

    public async Task Post(JsonObject zone) => (await http.PostAsJsonAsync("zones", zone)).EnsureSuccessStatusCode();

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        await process.DisposeAsync();
        folder.Dispose();
    }

    private void Execute(string sql)
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(folder.File("pdns.db"), out var database));
        using (database)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql, out var fault));
            Assert.Null(fault);
        }
    }

    private async Task Patch(JsonObject set)
    {
        var content = JsonContent.Create(new JsonObject { ["rrsets"] = new JsonArray(set) });
        await content.LoadIntoBufferAsync();
        (await http.PatchAsync($"zones/{Zone}.", content)).EnsureSuccessStatusCode();
    }

    private async Task<bool> Answers()
    {
        try
        {
            return (await http.GetAsync("zones")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
