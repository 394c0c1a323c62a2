using System.Net;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

public sealed class NotificationTests : IAsyncLifetime
{
    private const string Lcm = "/app_lcm/v1/subscriptions";
    private const string Pkgm = "/app_pkgm/v1/subscriptions";

    private RestWorld world = null!;
    private Listener listener = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync()
    {
        world = await RestWorld.Start(o => o with { Rest = new() { NotificationPause = TimeSpan.FromMilliseconds(5) } });
        listener = await Listener.Start();
    }

    public async Task DisposeAsync()
    {
        await listener.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_is_made_listed_shown_and_deleted()
    {
        var made = (await Subscribe(Lcm, "AppInstanceStateChangeSubscription")).Is(HttpStatusCode.Created);
        Assert.Equal(made.Location, made.Json.GetProperty("_links").GetProperty("self").GetProperty("href").GetString());
        Assert.Equal("AppInstanceStateChangeSubscription", (await Client.Get(made.Location)).Is(HttpStatusCode.OK)["subscriptionType"]);
        var link = Assert.Single((await Client.Get(Lcm)).Json.GetProperty("_links").GetProperty("subscriptions").EnumerateArray());
        Assert.Equal(made.Location, link.GetProperty("href").GetString());
        Assert.Empty((await Client.Get(Pkgm)).Json.GetProperty("_links").GetProperty("subscriptions").EnumerateArray());
        (await Client.Delete(made.Location)).Is(HttpStatusCode.NoContent);
        (await Client.Delete(made.Location)).Is(HttpStatusCode.NotFound);
        (await Client.Get(made.Location)).Is(HttpStatusCode.NotFound, "list the subscriptions");
    }

    [Fact]
    public async Task Each_state_of_an_operation_and_an_instance_is_told_with_one_id_to_all()
    {
        await world.Meo.Onboard();
        await Subscribe(Lcm, "AppLcmOpOccStateChangeSubscription", "/operations", """, "appLcmOpOccSubscriptionFilter":{"operationStates":["COMPLETED"]}""");
        await Subscribe(Lcm, "AppLcmOpOccStateChange", "/operations-2", """, "appLcmOpOccSubscriptionFilter":{"operationTypes":"INSTANTIATE","operationStates":"COMPLETED"}""");
        await Subscribe(Lcm, "AppInstanceStateChangeSubscription", "/states");
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/created");
        await Subscribe(Lcm, "AppIdentifierDeletionSubscription", "/deleted");

        var url = await Client.Create();
        var id = url.Split('/')[^1];
        Assert.Equal(id, (await listener.Next("/created")).GetProperty("appInstanceId").GetString());
        var operation = await Client.Post(url + "/instantiate", "{}");
        await Client.EndOf(operation);
        var told = await listener.Next("/operations");
        Assert.Equal("AppLcmOpOccNotification", told.GetProperty("notificationType").GetString());
        Assert.Equal("COMPLETED", told.GetProperty("operationState").GetString());
        Assert.Equal(operation.Location, told.GetProperty("_links").GetProperty("appLcmOpOcc").GetProperty("href").GetString());
        var other = await listener.Next("/operations-2");
        Assert.Equal(told.GetProperty("id").GetString(), other.GetProperty("id").GetString());
        Assert.NotEqual(told.GetProperty("subscriptionId").GetString(), other.GetProperty("subscriptionId").GetString());
        Assert.Equal("STARTED", (await listener.Next("/states")).GetProperty("appInstanceState").GetString());

        await Client.EndOf(await Client.Post(url + "/terminate", """{"terminationType":"FORCEFUL"}"""));
        Assert.Equal("TERMINATE", (await listener.Next("/operations")).GetProperty("operationType").GetString());
        Assert.Equal("NOT_INSTANTIATED", (await listener.Next("/states")).GetProperty("appInstanceState").GetString());
        (await Client.Delete(url)).Is(HttpStatusCode.NoContent);
        Assert.Equal(id, (await listener.Next("/deleted")).GetProperty("appInstanceId").GetString());
        Assert.Empty(listener.Left);
    }

    [Fact]
    public async Task A_filter_by_instance_lets_the_others_pass_by()
    {
        await world.Meo.Onboard();
        await world.Meo.Onboard("other-d");
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/mine", """, "appInstanceSubscriptionFilter":{"appInstSelectorType":3,"appInstances":["other-d"]}""");
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/provider", """, "appInstanceSubscriptionFilter":{"appInstSelectorType":"APP_FROM_PROVIDER","appsFromProviders":[{"appProvider":"nobody"}]}""");
        await Client.Create();
        var mine = (await Client.Create("other-d")).Split('/')[^1];
        Assert.Equal(mine, (await listener.Next("/mine")).GetProperty("appInstanceId").GetString());
        Assert.Empty(listener.Left);
    }

    [Fact]
    public async Task What_becomes_of_a_package_is_told()
    {
        await Subscribe(Pkgm, "AppPackageOnBoardingSubscription", "/onboarded");
        await Subscribe(Pkgm, "AppPackageChangeSubscription", "/changed", """, "appPkgFilter":[{"appDId":"probe-d"}]""");
        await Subscribe(Pkgm, "AppPackageDeletionSubscription", "/deleted");
        var package = await world.Meo.Onboard();
        Assert.Equal(package, (await listener.Next("/onboarded")).GetProperty("appPkgId").GetString());
        await Client.Patch("/app_pkgm/v1/app_packages/" + package, """{"operationalState":"DISABLED"}""");
        Assert.Equal("AppPackageDisabled", (await listener.Next("/changed")).GetProperty("notificationType").GetString());
        await Client.Delete("/app_pkgm/v1/app_packages/" + package);
        Assert.Equal("probe-d", (await listener.Next("/deleted")).GetProperty("appDId").GetString());
    }

    [Fact]
    public async Task What_is_not_taken_is_sent_again_until_it_is_and_in_its_order()
    {
        await world.Meo.Onboard();
        listener.Refuse = 7;
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/created");
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await Client.Create()).Split('/')[^1]);
        }

        foreach (var id in made)
        {
            Assert.Equal(id, (await listener.Next("/created")).GetProperty("appInstanceId").GetString());
        }

        Assert.Equal(0, listener.Refuse);
        Assert.Empty(listener.Left);
    }

    [Fact]
    public async Task What_is_not_taken_in_its_time_is_dropped_and_the_next_is_told()
    {
        await using var impatient = await RestWorld.Start(o => o with { Rest = new() { NotificationPause = TimeSpan.FromMilliseconds(5), KeepNotifications = TimeSpan.FromMilliseconds(100) } });
        await impatient.Meo.Onboard();
        listener.Refuse = int.MaxValue;
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/created", at: impatient.Client);
        await impatient.Client.Create();
        await Eventually.Is(async () => listener.Refuse < int.MaxValue && await Waiting(impatient) == 0, "it is tried, and given up");
        listener.Refuse = 0;
        var second = (await impatient.Client.Create()).Split('/')[^1];
        Assert.Equal(second, (await listener.Next("/created")).GetProperty("appInstanceId").GetString());
    }

    [Fact]
    public async Task What_the_last_subscription_left_is_forgotten()
    {
        await world.Meo.Onboard();
        listener.Refuse = int.MaxValue;
        var subscription = (await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/created")).Location;
        await Client.Create();
        await Eventually.Is(async () => await Waiting(world) == 1, "it waits");
        await Client.Delete(subscription);
        await Eventually.Is(async () => await Waiting(world) == 0 && (await Store(world).Scan("notice")).Entries.Count == 0, "nothing of it is left");
    }

    [Fact]
    public async Task A_subscriber_that_never_answers_holds_up_nobody()
    {
        await world.Meo.Onboard();
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/silent");
        await Client.Post(Lcm, """{"subscriptionType":"AppIdentifierCreationSubscription","callbackUri":"http://127.0.0.1:1/gone"}""");
        await Subscribe(Lcm, "AppIdentifierCreationSubscription", "/created");
        for (var i = 0; i < 20; i++)
        {
            var id = (await Client.Create()).Split('/')[^1];
            Assert.Equal(id, (await listener.Next("/created")).GetProperty("appInstanceId").GetString());
        }
    }

    [Fact]
    public async Task A_subscription_that_makes_no_sense_is_told_why()
    {
        (await Client.Post(Lcm, """{"subscriptionType":"AppPackageOnBoardingSubscription","callbackUri":"http://127.0.0.1:9/x"}""")).Is(HttpStatusCode.BadRequest, "AppInstanceStateChangeSubscription");
        var refused = (await Client.Post(Lcm, """{"subscriptionType":"AppInstanceStateChange","callbackUri":"ftp://x/","appInstanceState":"RUNNING","appInstanceSubscriptionFilter":{"appInstSelectorType":9}}""")).Is(HttpStatusCode.BadRequest);
        foreach (var path in new[] { "callbackUri", "appInstanceState", "appInstSelectorType" })
        {
            Assert.Contains(path, refused.Detail, StringComparison.Ordinal);
        }
    }

    private static Mano.Mesh.State.IStateStore Store(RestWorld world) => world.Meo.Part<Mano.Mesh.State.IStateStore>();

    private static async Task<int> Waiting(RestWorld world) => (await Store(world).Scan("notice/")).Entries.Count;

    private Task<RestAnswer> Subscribe(string api, string type, string path = "/told", string more = "", RestClient? at = null) =>
        (at ?? Client).Post(api, $$"""{"subscriptionType":"{{type}}","callbackUri":"{{listener.Url}}{{path}}"{{more}} }""");
}
