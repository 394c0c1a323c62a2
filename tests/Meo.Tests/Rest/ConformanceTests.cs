using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Rest;

/// <summary>
/// The test purposes of the conformance suite (ETSI GS MEC-DEC 032) for MEC 010-2, by their ids (TP_MEC_MEC010p2_MEO_PKGM_… and …_MEX_LCM_…), as they are asked of a MEO:
/// what is sent, and what has to come back. What its Robot files send is read as they send it, where that differs from the standard. Purposes that cannot be met
/// as the suite asks them are in docs/how-to/run-the-conformance-suite.md, with the reason.
/// </summary>
public sealed class ConformanceTests : IAsyncLifetime
{
    private const string Packages = "/app_pkgm/v1/app_packages";
    private const string Onboarded = "/app_pkgm/v1/onboarded_app_packages";
    private const string PkgmSubscriptions = "/app_pkgm/v1/subscriptions";
    private const string Instances = "/app_lcm/v1/app_instances";
    private const string LcmSubscriptions = "/app_lcm/v1/subscriptions";
    private const string Nobody = "00000000-0000-4000-8000-000000000000";
    private const string Forceful = """{"terminationType":"FORCEFUL"}""";

    private static readonly byte[] Content = Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-d", 1, ""));

    private RestWorld world = null!;
    private Listener listener = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => (world, listener) = (await RestWorld.Start(), await Listener.Start());

    public async Task DisposeAsync()
    {
        await listener.DisposeAsync();
        await world.DisposeAsync();
    }

    /// <summary>PKGM 001, 004: created with a Location, refused when malformed; deleted when nothing uses it, with no body; 404 for an id that is none.</summary>
    [Fact]
    public async Task Packages_are_created_and_deleted()
    {
        var created = await Announce();
        Assert.True(Uri.IsWellFormedUriString(created.Location, UriKind.Absolute));
        Assert.Equal("CREATED", created["onboardingState"]);
        Assert.Equal("DISABLED", created["operationalState"]);
        (await Client.Post(Packages, """{"appPkgName":7}""")).Is(HttpStatusCode.BadRequest);
        const string Sum = """ "checksum":{"algorithm":"SHA-256","hash":"0x12"} """;
        (await Client.Post(Packages, $$"""{"appPkgNom":"probe","appPkgVersion":"1","appPkgPath":"probe.example",{{Sum}}}""")).Is(HttpStatusCode.BadRequest, "appPkgName");
        var described = (await Client.Post(Packages, $$"""{"id":"x","appName":"probe","appSoftwareVersion":"1","onBoardingState":"CREATED","softwareImages":["some"],{{Sum}}}""", Any)).Is(HttpStatusCode.Created);
        Assert.Equal(("probe", "CREATED"), (described["appName"], described["onboardingState"]));
        Assert.Empty((await Client.Delete(described.Location)).Is(HttpStatusCode.NoContent).Body);
        Assert.Empty((await Client.Delete(created.Location, Any)).Is(HttpStatusCode.NoContent).Body);
        (await Client.Delete($"{Packages}/{Nobody}")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>PKGM 002, 003: all of them, and those that are onboarded; one of each tree, by the package's id as well; 400 for a parameter that is none, 404 for an id that is none.</summary>
    [Fact]
    public async Task Packages_are_read()
    {
        var url = (await Announce()).Location;
        Assert.Equal("CREATED", Assert.Single((await Client.Get(Packages, Any)).Is(HttpStatusCode.OK).Json.EnumerateArray()).GetProperty("onboardingState").GetString());
        Assert.Empty((await Client.Get(Onboarded)).Is(HttpStatusCode.OK).Json.EnumerateArray());
        await Upload(url);
        Assert.All((await Client.Get(Onboarded)).Is(HttpStatusCode.OK).Json.EnumerateArray(), p => Assert.Equal("ONBOARDED", p.GetProperty("onboardingState").GetString()));
        var id = url.Split('/')[^1];
        foreach (var path in new[] { $"{Packages}/{id}", $"{Onboarded}/{id}", $"{Onboarded}/probe-d" })
        {
            Assert.Equal(id, (await Client.Get(path)).Is(HttpStatusCode.OK)["id"]);
        }

        (await Client.Get(Packages + "?filters=anything")).Is(HttpStatusCode.BadRequest, "are known");
        (await Client.Get(Packages + "?appDID=probe-d")).Is(HttpStatusCode.BadRequest);
        (await Client.Get($"{Packages}/{Nobody}")).Is(HttpStatusCode.NotFound);
        (await Client.Get($"{Onboarded}/{Nobody}")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>PKGM 005: the state is changed and answered; a malformed change is refused, and what is not there is told before what is wrong with the change.</summary>
    [Fact]
    public async Task A_package_changes_its_operational_state()
    {
        var url = (await Announce()).Location;
        await Upload(url);
        Assert.Equal("""{"operationalState":"DISABLED"}""", (await Client.Patch(url, """{"operationalState":"DISABLED"}""")).Is(HttpStatusCode.OK).Text);
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal("ENABLED", (await Client.Send(HttpMethod.Patch, url, RestClient.Json("""{"operationalState":"ENABLED"}"""))).Is(HttpStatusCode.OK)["operationalState"]);
        }

        (await Client.Patch(url, """{"operationalState":"SOMETIMES"}""")).Is(HttpStatusCode.BadRequest);
        (await Client.Patch($"{Packages}/{Nobody}", """{"operationalState":"SOMETIMES"}""")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>PKGM 006 to 010, LCM 010 to 014: a subscription is made, listed, read, deleted; what it is about is told; ids that are none are 404.</summary>
    [Theory]
    [InlineData(PkgmSubscriptions, "AppPackageOnBoardingSubscription", "AppPackageOnBoarded")]
    [InlineData(LcmSubscriptions, "AppIdentifierCreationSubscription", "AppInstanceIdentifierCreationNotification")]
    public async Task Subscriptions_live_and_tell(string path, string type, string told)
    {
        var made = (await Client.Post(path, $$"""{"id":"1","subscriptionType":"{{type}}","callbackUri":"{{listener.Url}}/told","_links":{"self":{"href":"https://x/1"} } }""")).Is(HttpStatusCode.Created);
        Assert.Equal((type, listener.Url + "/told"), (made["subscriptionType"], made["callbackUri"]));
        Assert.EndsWith(made["id"], made.Location, StringComparison.Ordinal);
        (await Client.Post(path, """{"subscriptionType":"Nonsense"}""")).Is(HttpStatusCode.BadRequest);
        var links = (await Client.Get(path)).Is(HttpStatusCode.OK).Json.GetProperty("_links");
        var link = Assert.Single(links.GetProperty("subscriptions").EnumerateArray());
        Assert.Equal((made.Location, type), (link.GetProperty("href").GetString(), link.GetProperty("subscriptionType").GetString()));
        Assert.Equal(path == PkgmSubscriptions ? type : null, link.TryGetProperty("subsctiptionType", out var misspelled) ? misspelled.GetString() : null);
        Assert.Equal(made["id"], (await Client.Get(made.Location)).Is(HttpStatusCode.OK)["id"]);

        await world.Meo.Onboard();
        await Client.Create();
        var notification = await listener.Next("/told");
        Assert.Equal((told, made["id"]), (notification.GetProperty("notificationType").GetString(), notification.GetProperty("subscriptionId").GetString()));
        Assert.Equal(made.Location, notification.GetProperty("_links").GetProperty("subscription").GetProperty("href").GetString());

        Assert.Empty((await Client.Delete(made.Location)).Is(HttpStatusCode.NoContent).Body);
        (await Client.Get($"{path}/{Nobody}")).Is(HttpStatusCode.NotFound);
        (await Client.Delete($"{path}/{Nobody}")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>
    /// PKGM 011 to 013: the descriptor and the content, by either id; a content is accepted; ids that are none are 404, whatever else is wrong; an Accept of another
    /// type than a package's is 400 (012_BR).
    /// </summary>
    [Fact]
    public async Task Descriptors_and_contents_go_up_and_down()
    {
        var url = (await Announce()).Location;
        Assert.Empty((await Upload(url)).Body);
        var id = url.Split('/')[^1];
        foreach (var path in new[] { $"{Packages}/{id}", $"{Onboarded}/{id}", $"{Onboarded}/probe-d" })
        {
            foreach (var accept in new[] { "application/zip", "text/plain", "text/plain; charset=utf-8", "application/json", "*/*" })
            {
                (await Client.Get(path + "/appd", ("Accept", accept))).Is(HttpStatusCode.OK);
            }

            (await Client.Get(path + "/package_content", ("Accept", "application/zip"))).Is(HttpStatusCode.OK);
        }

        foreach (var tree in new[] { Packages, Onboarded })
        {
            (await Client.Get($"{tree}/{Nobody}/appd", ("Accept", "application/zip"))).Is(HttpStatusCode.NotFound);
            (await Client.Get($"{tree}/{Nobody}/package_content", ("Accept", "application/zip"))).Is(HttpStatusCode.NotFound);
            (await Client.Send(HttpMethod.Put, $"{tree}/{Nobody}/package_content", null)).Is(HttpStatusCode.NotFound);
        }

        (await Client.Get(url + "/package_content", ("Accept", "wrong"))).Is(HttpStatusCode.BadRequest, "no list of media types");
        (await Client.Get(url + "/package_content", ("Accept", "application/json"))).Is(HttpStatusCode.BadRequest, "gives application/zip or application/octet-stream");
        (await Client.Get(url + "/appd", ("Accept", "image/png"))).Is(HttpStatusCode.NotAcceptable);
    }

    /// <summary>LCM 001 to 004: an instance is created with a Location, listed, read, deleted; 400 when malformed, 404 for an id that is none.</summary>
    [Fact]
    public async Task Instances_are_created_read_and_deleted()
    {
        await world.Meo.Onboard();
        var created = (await Client.Post(Instances, """{"appDId":"probe-d"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(("probe-d", "NOT_INSTANTIATED"), (created["appDId"], created["instantiationState"]));
        Assert.Equal(created["id"], Assert.Single((await Client.Get(Instances)).Is(HttpStatusCode.OK).Json.EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(created["id"], (await Client.Get(created.Location)).Is(HttpStatusCode.OK)["id"]);
        (await Client.Post(Instances, """{"appDIdentity":"probe-d"}""")).Is(HttpStatusCode.BadRequest);
        Assert.Empty((await Client.Delete(created.Location)).Is(HttpStatusCode.NoContent).Body);
        (await Client.Get($"{Instances}/{Nobody}")).Is(HttpStatusCode.NotFound);
        (await Client.Delete($"{Instances}/{Nobody}")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>LCM 005 to 009: instantiated, operated and terminated with 202, no body and a Location; the occurrences are listed and read; 400 also while another operation runs, 404 for an id that is none.</summary>
    [Fact]
    public async Task Instances_are_instantiated_operated_and_terminated()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        (await Client.Post(url + "/instantiate", """{"selectedMECHostInfo":"edge"}""")).Is(HttpStatusCode.BadRequest);
        (await Client.Post(url + "/instantiate", $$"""{"appNomId":"1","selectedMECHostInfo":[{"hostName":"{{MeoWorld.HostId}}"}]}""")).Is(HttpStatusCode.BadRequest, "appNomId");
        var instantiate = await Client.Post(url + "/instantiate", $$"""{"selectedMECHostInfo":[{"hostName":"{{MeoWorld.HostId}}","hostId":{"a":1,"b":2} }]}""");
        (await Client.Post(url + "/terminate", """{"terminationType":"KINDLY"}""")).Is(HttpStatusCode.BadRequest);
        (await Client.Post(url + "/operate", """{"changeStateTo":"RUNNING"}""")).Is(HttpStatusCode.BadRequest);
        await Client.EndOf(instantiate);
        Assert.All((await Client.Get("/app_lcm/v1/app_lcm_op_occs")).Is(HttpStatusCode.OK).Json.EnumerateArray(), o => Assert.Equal(JsonValueKind.Object, o.GetProperty("_links").ValueKind));
        Assert.EndsWith((await Client.Get(instantiate.Location)).Is(HttpStatusCode.OK)["id"], instantiate.Location, StringComparison.Ordinal);
        await Client.EndOf(await Client.Post(url + "/operate", """{"changeStateTo":"STOPPED"}"""));
        await Client.EndOf(await Client.Post(url + "/operate", """{"changeStateTo":"STARTED"}"""));
        (await Client.Delete(url)).Is(HttpStatusCode.Conflict);
        await Client.EndOf(await Client.Post(url + "/terminate", """{"terminationType":"FORCEFUL","gracefulTerminationTimeout":0}"""));
        foreach (var (task, body) in new[] { ("instantiate", "{}"), ("operate", """{"changeStateTo":"STARTED"}"""), ("terminate", Forceful) })
        {
            (await Client.Post($"{Instances}/{Nobody}/{task}", body)).Is(HttpStatusCode.NotFound);
        }

        (await Client.Get($"/app_lcm/v1/app_lcm_op_occs/{Nobody}")).Is(HttpStatusCode.NotFound);
    }

    /// <summary>LCM 014 to 016: what is under way is cancelled, a malformed cancellation is refused, ids that are none are 404; what the suite's client sends beside it is nothing to mind.</summary>
    [Fact]
    public async Task Operations_are_cancelled_and_other_requests_bring_types_and_credentials_that_mean_nothing()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        world.Meo.Site.Script = SiteScript.Linger;
        var instantiate = await Client.Post(url + "/instantiate");
        await world.Meo.Lingers(url.Split('/')[^1]);
        (await Client.Post(instantiate.Location + "/cancel", """{"CancelMode":"KINDLY"}""")).Is(HttpStatusCode.BadRequest);
        (await Bare(HttpMethod.Post, instantiate.Location + "/fail")).Is(HttpStatusCode.Conflict);
        (await Bare(HttpMethod.Post, instantiate.Location + "/retry")).Is(HttpStatusCode.Conflict);
        world.Meo.Site.Script = SiteScript.Obey;
        (await Client.Post(instantiate.Location + "/cancel", """{"CancelMode":"GRACEFUL"}""")).Is(HttpStatusCode.Accepted);
        await Client.EndOf(instantiate);
        foreach (var task in new[] { "cancel", "fail", "retry" })
        {
            (await Client.Post($"/app_lcm/v1/app_lcm_op_occs/{Nobody}/{task}", """{"CancelMode":"GRACEFUL"}""")).Is(HttpStatusCode.NotFound);
        }

        foreach (var path in new[] { Instances, url, Packages, LcmSubscriptions, "/app_lcm/v1/app_lcm_op_occs" })
        {
            (await Bare(HttpMethod.Get, path)).Is(HttpStatusCode.OK);
        }

        (await Bare(HttpMethod.Delete, url)).Is(HttpStatusCode.NoContent);
    }

    /// <summary>As the suite's client does it: without a body, with a type for it.</summary>
    private Task<RestAnswer> Bare(HttpMethod method, string path)
    {
        var nothing = new ByteArrayContent([]);
        nothing.Headers.TryAddWithoutValidation("Content-Type", "*/*");
        return Client.Send(method, path, nothing, ("Accept", "application/json"), ("Authorization", "Basic bm9ib2R5Om5vYm9keQ=="));
    }

    private static (string, string) Any => ("Accept", "*/*");

    private async Task<RestAnswer> Announce() => (await Client.Post(
        Packages,
        $$$"""{"appPkgName":"probe","appPkgVersion":"1","appPkgPath":"file:probe","checksum":{"algorithm":"SHA-256","hash":"{{{Convert.ToHexStringLower(SHA256.HashData(Content))}}}"}}""",
        Any)).Is(HttpStatusCode.Created);

    private async Task<RestAnswer> Upload(string url)
    {
        var body = new ByteArrayContent(Content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return (await Client.Send(HttpMethod.Put, url + "/package_content", body)).Is(HttpStatusCode.Accepted);
    }
}
