using System.Net.Sockets;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>A real dnsmasq with a folder of hosts files.</summary>
internal sealed class DnsmasqServer : DnsTestServer
{
    public const string Program = "/usr/sbin/dnsmasq";

    private readonly TempFolder folder = new();
    private readonly OwnedServer process;
    private readonly bool follows;

    /// <param name="follows">Whether it watches its folder; else it reads it when it starts and at SIGHUP, as releases before 2.88 do in part.</param>
    public DnsmasqServer(bool follows = true)
    {
        this.follows = follows;
        process = new(folder.File("stdout.log"));
        Directory.CreateDirectory(Hosts);
        File.WriteAllText(Path.Combine(Hosts, "operator.hosts"), $"198.51.100.1 operator.{Zone}\n");
    }

    public string Hosts => folder.File("hosts");

    public string PidFile => folder.File("dnsmasq.pid");

    public override string[] PlatformFlags =>
        ["--dns-backend", "dnsmasq", "--dnsmasq-hosts-dir", Hosts, .. follows ? Array.Empty<string>() : ["--dnsmasq-pid-file", PidFile]];

    public override async Task Start()
    {
        await process.Start(Program, "--keep-in-foreground", "--conf-file=/dev/null", $"--port={Address.Port}", "--listen-address=127.0.0.1", "--bind-interfaces",
            "--no-resolv", "--no-hosts", "--user=root", "--group=root", (follows ? "--hostsdir=" : "--addn-hosts=") + Hosts, $"--local-ttl={Ttl}",
            $"--local=/{Zone}/", "--pid-file=" + PidFile, "--log-facility=" + folder.File("dnsmasq.log"));
        await Eventually.Is(async () => await Answers(), "dnsmasq answers");
    }

    public override Task Kill() => process.Kill();

    public override Task LoseWhatIsOurs()
    {
        foreach (var file in Directory.GetFiles(Hosts, "mano-*"))
        {
            File.Delete(file);
        }

        return Task.CompletedTask;
    }

    public override Task AddForeign(string name, string address) => Put($"{name}.hosts", $"{address} {name}\n");

    public override Task RemoveForeign(string name)
    {
        File.Delete(Path.Combine(Hosts, $"{name}.hosts"));
        return Task.CompletedTask;
    }

    public override Task Plant(string appInstanceId, string name, string address) =>
        Put($"mano-{BackendWorld.PlatformId}-{appInstanceId}.hosts", $"{address} {name}\n");

    public override async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    private async Task Put(string file, string content)
    {
        await File.WriteAllTextAsync(folder.File("new"), content);
        File.Move(folder.File("new"), Path.Combine(Hosts, file), overwrite: true);
    }

    private async Task<bool> Answers()
    {
        try
        {
            await RawDns.AskTcp(Address, RawDns.Query(1, "operator." + Zone, DnsType.A));
            return true;
        }
        catch (Exception down) when (down is SocketException or IOException)
        {
            return false;
        }
    }
}
