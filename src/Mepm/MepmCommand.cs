using System.CommandLine;
using System.Globalization;
using Mano.Mepm.Hosts;
using Mano.Mepm.Loop;
using Mano.Mepm.Orphans;
using Mano.Mepm.Sites;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;

namespace Mano.Mepm;

/// <summary>The command line of a MEPM.</summary>
internal sealed class MepmCommand
{
    private readonly MeshFlags mesh;
    private readonly Option<string> site = new("--site") { Description = "id of this site: 1 to 63 of [a-z0-9-]", HelpName = "ID" };
    private readonly Option<string> name = new("--name") { Description = "what people call the site", HelpName = "TEXT" };
    private readonly DiscoveryFlags discovery;
    private readonly Option<IReadOnlyList<Uri>> meo = MeshFlags.Urls(
        "--meo", "gRPC of the MEO's replicas, tried in turn; without it those that Consul knows, without --consul none");

    private readonly Option<Uri?> advertise = MeshFlags.Url("--advertise", "where the MEO reaches us; the default is where gRPC listens");
    private readonly Option<string[]> host = new("--host")
    {
        Description = "a MEC host: id=edge-a-1,zone=a,vim=LocalProcess[,platform=http://127.0.0.1:7413][,latency=5ms][,hardware=gpu+sriov][,arch=x86_64][,vim.NAME=VALUE]; may be repeated",
        HelpName = "HOST",
    };

    private readonly Option<string?> config = new("--config") { Description = "JSON file with site, name, meo, location and hosts", HelpName = "FILE" };
    private readonly Option<string?> location = new("--location") { Description = "LATITUDE,LONGITUDE[,COUNTRY] of the site", HelpName = "PLACE" };
    private readonly Option<TimeSpan> resync = MeshFlags.Duration("--resync", "how often each instance is looked at without a signal", TimeSpan.FromSeconds(30));
    private readonly Option<OrphanPolicy> orphans = new("--orphans")
    {
        Description = "what is done about computes and platform records that neither this site nor the MEO wants", DefaultValueFactory = _ => OrphanPolicy.Remove,
    };

    private readonly Option<TimeSpan> orphanGrace = MeshFlags.Duration(
        "--orphan-grace", "for how long they have to be seen before anything is done", TimeSpan.FromSeconds(5));

    private readonly Option<TimeSpan> imageKept = MeshFlags.Duration(
        "--image-kept", "how long an image that no instance of the site needs stays in a VIM", TimeSpan.FromDays(1));

    private readonly Option<DriftPolicy> drift = new("--drift")
    {
        Description = "what is done about a compute that was deleted or stopped behind our back", DefaultValueFactory = _ => DriftPolicy.Recreate,
    };

    private readonly Option<string?> keyFile = new("--key-file")
    {
        Description = "file with the key that credentials of VIMs are stored under (default: systemd's credential mano-mepm-key, else DATA/mepm.key)", HelpName = "FILE",
    };

    private readonly Option<string[]> operators = new("--operator")
    {
        Description = "name in the certificate of who may change VIMs and hosts, repeatable (default: every certificate of the authority)", HelpName = "NAME",
    };

    private readonly Option<bool> leave = new("--leave") { Description = "take the site out of the MEO's inventory at a clean stop" };

    public MepmCommand()
    {
        Root = new("MEPM: makes what the MEO desires of this site's application instances so, and keeps it so.");
        mesh = new(Root);
        discovery = new(Root);
        foreach (var option in new Option[] { site, name, meo, advertise, host, config, location, resync, orphans, orphanGrace, imageKept, drift, keyFile, operators, leave })
        {
            Root.Options.Add(option);
        }

        host.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                Try(() => HostArgument.Parse(token.Value), "--host", result.AddError);
            }
        });
        location.Validators.Add(result => Try(() => Place(result.Tokens[0].Value), "--location", result.AddError));
    }

    public RootCommand Root { get; }

    public MepmOptions Read(ParseResult parsed)
    {
        var path = parsed.GetValue(config);
        var file = path is null ? new SiteFile() : SiteFile.Read(path);
        var place = parsed.GetValue(location);
        var siteId = parsed.GetValue(site) ?? file.Site ?? "";
        return new()
        {
            SiteId = siteId,
            Name = parsed.GetValue(name) ?? file.Name ?? siteId,
            DataFolder = mesh.Data(parsed),
            Hosts = [.. (parsed.GetValue(host) ?? []).Select(HostArgument.Parse), .. file.HostOptions(path ?? "")],
            Listen = mesh.Listen(parsed),
            Meo = parsed.GetRequiredValue(meo) is { Count: > 0 } given ? given : file.Meo is { } urls ? MeshFlags.ParseUrls(urls) : [],
            Discovery = discovery.Read(parsed),
            Advertise = parsed.GetValue(advertise),
            Location = place is null ? file.Location : Place(place),
            Loop = new() { Resync = parsed.GetValue(resync), Drift = parsed.GetValue(drift) },
            Orphans = new() { Policy = parsed.GetValue(orphans), Grace = parsed.GetValue(orphanGrace), ImageKept = parsed.GetValue(imageKept) },
            Registration = new() { LeaveOnStop = parsed.GetValue(leave) },
            KeyFile = parsed.GetValue(keyFile),
            Credentials = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"),
            Operators = parsed.GetValue(operators) ?? [],
            LogLevel = mesh.LowestLogLevel(parsed),
        };
    }

    private static SiteLocation Place(string text)
    {
        var parts = text.Split(',');
        return parts.Length is 2 or 3
            && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var latitude)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var longitude)
            ? new(latitude, longitude, parts.Length == 3 ? parts[2] : "")
            : throw new FormatException($"'{text}' is not a place; write 48.137,11.575,DE.");
    }

    private static void Try(Action parse, string option, Action<string> say)
    {
        try
        {
            parse();
        }
        catch (FormatException e)
        {
            say($"{option}: {e.Message}");
        }
    }
}
