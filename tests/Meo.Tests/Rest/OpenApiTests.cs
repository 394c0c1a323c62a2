using System.Net;
using System.Text;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>Every answer of the REST northbound is what the standard's OpenAPI files allow, seen by a validating proxy in between.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private RestWorld world = null!;

    public async Task InitializeAsync() => world = await RestWorld.Start(o => o with { Operations = new() { UndoBudget = TimeSpan.FromMilliseconds(1) } });

    public async Task DisposeAsync()
    {
        await world.DisposeAsync();
        folder.Dispose();
    }

    [PrismFact]
    public Task Application_lifecycle_of_2021() => Lifecycle(OpenApiFile.Lcm2021(folder), hasCancel: false);

    [PrismFact]
    public Task Application_lifecycle_of_2026() => Lifecycle(OpenApiFile.Lcm2026(folder), hasCancel: true);

    [PrismFact]
    public Task Packages_of_2021() => Packages(OpenApiFile.Pkgm2021(folder), "/app_packages", "/onboarded_app_packages", isBoth: true);

    [PrismFact]
    public Task Packages_of_2026() => Packages(OpenApiFile.Pkgm2026(folder), "/onboarded_app_packages", "/onboarded_app_packages", isBoth: false);

    [PrismFact]
    public Task Grants_of_2021() => Grants(OpenApiFile.Grant2021(folder));

    [PrismFact]
    public Task Grants_of_2026() => Grants(OpenApiFile.Grant2026(folder));

    private async Task Grants(OpenApiFile file)
    {
        await world.Meo.Onboard();
        await using var prism = await PrismProxy.Start(file.Path, new Uri(world.Meo.Http + "/granting/v1"), validateRequests: false);
        var through = new Through(prism, file, "/granting/v1");
        var instance = (await world.Client.Create()).Split('/')[^1];
        world.Meo.Site.Script = SiteScript.Linger;
        var operation = (await world.Client.Post($"/app_lcm/v1/app_instances/{instance}/instantiate")).Location.Split('/')[^1];
        await world.Meo.Lingers(instance);
        var body = $$$"""
            {"appInstanceId":"{{{instance}}}","appLcmOpOccId":"{{{operation}}}","appDId":"probe-d","operation":"INSTANTIATE",
             "addResources":[{"id":"r1","type":"COMPUTE","resourceTemplateId":["compute"],"resource":{"vimConnectionInfo":{"id":"v","vimType":"x"},"resourceId":"r"}}],
             "_links":{"appLcmOpOcc":{"href":"http://x/o"},"appInstance":{"href":"http://x/i"}} }
            """;
        var grant = await through.Is(HttpMethod.Post, "/grants", 201, body);
        await through.Is(HttpMethod.Get, grant, 200);
        await through.Is(HttpMethod.Get, "/grants/nothing", 404);
        await through.Is(HttpMethod.Post, "/grants", 400, "{}");
        await through.Is(HttpMethod.Post, "/grants", 403, body.Replace("INSTANTIATE", "OPERATE", StringComparison.Ordinal));
        await through.Is(HttpMethod.Post, "/grants", 404, body.Replace(operation, "nothing", StringComparison.Ordinal));
        await through.AssertWalked();
    }

    private static async Task Subscriptions(Through through, string type)
    {
        var made = await through.Is(HttpMethod.Post, "/subscriptions?subscriptionType=" + type, 201, $$"""{"subscriptionType":"{{type}}","callbackUri":"http://127.0.0.1:1/told"}""");
        await through.Is(HttpMethod.Get, "/subscriptions", 200);
        await through.Is(HttpMethod.Get, "/subscriptions", 406, accept: "text/html");
        await through.Is(HttpMethod.Get, $"{made}?subscriptionType={type}", 200);
        await through.Is(HttpMethod.Post, "/subscriptions", 400, "{}");
        await through.Is(HttpMethod.Delete, made, 204);
        await through.Is(HttpMethod.Delete, made, 404);
        await through.Is(HttpMethod.Get, made, 404);
    }

    private async Task Lifecycle(OpenApiFile file, bool hasCancel)
    {
        await world.Meo.Onboard();
        await using var prism = await PrismProxy.Start(file.Path, new Uri(world.Meo.Http + "/app_lcm/v1"), validateRequests: false);
        var through = new Through(prism, file, "/app_lcm/v1");
        await through.Is(HttpMethod.Post, "/app_instances", 400, "{}");
        var instance = await through.Is(HttpMethod.Post, "/app_instances", 201, """{"appDId":"probe-d","appInstanceName":"one"}""");
        await through.Is(HttpMethod.Get, "/app_instances", 200);
        await through.Is(HttpMethod.Get, instance, 200);
        await through.Is(HttpMethod.Get, "/app_instances/nobody", 404);
        await through.Is(HttpMethod.Get, "/app_instances", 406, accept: "text/html");
        await through.Is(HttpMethod.Get, "/app_instances?filter=(eq,nothing,1)", 400);
        await through.Is(HttpMethod.Post, instance + "/terminate", 409, """{"terminationType":"FORCEFUL"}""");
        await through.Is(HttpMethod.Post, instance + "/operate", 400, "{}");
        await through.Is(HttpMethod.Post, instance + "/instantiate", 400, """{"locationConstraints":{"countryCode":"Germany"}}""");

        var operation = await through.Is(HttpMethod.Post, instance + "/instantiate", 202, """{"selectedMECHostInfo":[{"hostId":{}}]}""");
        await world.Client.EndOf(new(HttpStatusCode.Accepted, null, [], new Dictionary<string, string> { ["Location"] = "/app_lcm/v1" + operation }));
        await through.Is(HttpMethod.Get, operation, 200);
        await through.Is(HttpMethod.Get, "/app_lcm_op_occs", 200);
        await through.Is(HttpMethod.Get, "/app_lcm_op_occs?fields=nothing", 400);
        await through.Is(HttpMethod.Get, "/app_lcm_op_occs/nothing", 404);
        await through.Is(HttpMethod.Get, instance, 200);
        await through.Is(HttpMethod.Delete, instance, 409);
        if (hasCancel)
        {
            await through.Is(HttpMethod.Post, operation + "/cancel", 409, """{"CancelMode":"FORCED"}""");
            await through.Is(HttpMethod.Post, operation + "/retry", 409);
            await through.Is(HttpMethod.Post, operation + "/fail", 409);
        }

        foreach (var (task, body) in new[] { ("operate", """{"changeStateTo":"STOPPED","stopType":"GRACEFUL","gracefulStopTimeout":1}"""), ("terminate", """{"terminationType":"FORCEFUL"}""") })
        {
            operation = await through.Is(HttpMethod.Post, $"{instance}/{task}", 202, body);
            await world.Client.EndOf(new(HttpStatusCode.Accepted, null, [], new Dictionary<string, string> { ["Location"] = "/app_lcm/v1" + operation }));
            await through.Is(HttpMethod.Get, operation, 200);
            await through.Is(HttpMethod.Get, "/app_instances", 200);
        }

        await Failed(through, instance, hasCancel);
        await Subscriptions(through, hasCancel ? "AppLcmOpOccStateChangeSubscription" : "AppLcmOpOccStateChange");
        await through.Is(HttpMethod.Get, "/app_lcm_op_occs?all_fields", 200);
        await through.Is(HttpMethod.Delete, instance, 204);
        await through.AssertWalked();
    }

    /// <summary>An operation while it is cancelled, when it needs a person, and after.</summary>
    private async Task Failed(Through through, string instance, bool hasCancel)
    {
        if (!hasCancel)
        {
            return;
        }

        world.Meo.Site.Script = SiteScript.Linger;
        var operation = await through.Is(HttpMethod.Post, instance + "/instantiate", 202, "{}");
        await world.Meo.Lingers(instance.Split('/')[^1]);
        world.Meo.Site.Script = SiteScript.BeAway;
        await through.Is(HttpMethod.Post, operation + "/cancel", 202, """{"CancelMode":"GRACEFUL"}""");
        await through.Is(HttpMethod.Get, operation, 200);
        var gaveUp = await NeedsAPerson(operation);
        await through.Is(HttpMethod.Get, operation, 200);
        await through.Is(HttpMethod.Post, operation + "/retry", 202);
        await NeedsAPerson(operation, after: gaveUp);
        await through.Is(HttpMethod.Post, operation + "/fail", 200);
        await through.Is(HttpMethod.Get, operation, 200);
        world.Meo.Site.Script = SiteScript.Obey;
        operation = await through.Is(HttpMethod.Post, instance + "/terminate", 202, """{"terminationType":"FORCEFUL"}""");
        await world.Client.EndOf(new(HttpStatusCode.Accepted, null, [], new Dictionary<string, string> { ["Location"] = "/app_lcm/v1" + operation }));
    }

    /// <summary>When it gave up, at another time than <paramref name="after"/>: what was asked is acted upon a moment later.</summary>
    private async Task<string> NeedsAPerson(string operation, string after = "")
    {
        var at = "";
        await Eventually.Is(
            async () =>
            {
                var now = await world.Client.Get("/app_lcm/v1" + operation);
                at = now["stateEnteredTime"];
                return now["operationState"] == "FAILED_TEMP" && at != after;
            },
            "the operation needs a person");
        return at;
    }

    private async Task Packages(OpenApiFile file, string tree, string onboarded, bool isBoth)
    {
        await using var prism = await PrismProxy.Start(file.Path, new Uri(world.Meo.Http + "/app_pkgm/v1"), validateRequests: false);
        var through = new Through(prism, file, "/app_pkgm/v1");
        var content = MeoWorld.Descriptor("probe-d", 1, "");
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        await through.Is(HttpMethod.Post, tree, 400, "{}");
        var made = await through.Is(
            HttpMethod.Post, tree, 201,
            $$$"""{"appPkgName":"probe","appPkgVersion":"1","appPkgPath":"https://provider.example/p","checksum":{"algorithm":"SHA-256","hash":"{{{digest}}}"},"userDefinedData":{}}""");
        var package = tree + "/" + made.Split('/')[^1];
        await through.Is(HttpMethod.Get, tree, 200);
        await through.Is(HttpMethod.Get, package, 200);
        await through.Is(HttpMethod.Put, package + "/package_content", 202, content, "application/zip");
        await through.Is(HttpMethod.Get, tree, 200);
        await through.Is(HttpMethod.Get, package, 200);
        await through.Is(HttpMethod.Get, tree + "/nobody", 404);
        foreach (var name in new[] { package, onboarded + "/probe-d" })
        {
            await through.Is(HttpMethod.Get, name + "/appd", 200, accept: isBoth ? "application/zip" : "application/json");
            await through.Is(HttpMethod.Get, name + "/package_content", 200);
            await through.Is(HttpMethod.Put, name + "/package_content", 202, content, "application/zip");
        }

        foreach (var of in new[] { tree, onboarded })
        {
            await through.Is(HttpMethod.Get, of + "/nobody/appd", 404, accept: isBoth ? "text/plain" : "application/json");
            await through.Is(HttpMethod.Get, of + "/nobody/package_content", 404);
            await through.Is(HttpMethod.Put, of + "/nobody/package_content", 404, content, "application/zip");
        }

        if (isBoth)
        {
            await through.Is(HttpMethod.Get, package + "/appd", 200, accept: "text/plain");
        }

        await through.Is(HttpMethod.Get, tree + "?filter=(eq,nothing,1)", 400);
        await through.Is(HttpMethod.Get, package + "/appd?filter=(eq,nothing,1)", 400);
        await Subscriptions(through, isBoth ? "AppPackageOnBoarding" : "AppPackageOnBoardingSubscription");
        await through.Is(HttpMethod.Delete, package, 409);
        await through.Is(HttpMethod.Patch, package, 400, "{}");
        await through.Is(HttpMethod.Patch, package, 200, """{"operationalState":"DISABLED"}""");
        await through.Is(HttpMethod.Delete, package, 204);
        await through.AssertWalked();
    }
}
