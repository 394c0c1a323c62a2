using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Rest;

public sealed class PackageTests : IAsyncLifetime
{
    private const string Packages = "/app_pkgm/v1/app_packages";
    private const string Onboarded = "/app_pkgm/v1/onboarded_app_packages";
    private const string Disable = """{"operationalState":"DISABLED"}""";

    private static readonly byte[] Content = Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-d", 1, ""));

    private RestWorld world = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => world = await RestWorld.Start();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_package_is_announced_uploaded_disabled_and_deleted()
    {
        var created = (await Client.Post(Packages, Announcement())).Is(HttpStatusCode.Created);
        Assert.Equal("CREATED", created["onboardingState"]);
        Assert.Equal("announced", created["appName"]);
        Assert.Equal("", created["appDId"]);
        var url = created.Location;
        (await Client.Get(url + "/appd")).Is(HttpStatusCode.Conflict, "needs ONBOARDED");

        (await Upload(url)).Is(HttpStatusCode.Accepted);
        var onboarded = (await Client.Get(url)).Is(HttpStatusCode.OK);
        Assert.Equal(("ONBOARDED", "ENABLED", "NOT_IN_USE"), (onboarded["onboardingState"], onboarded["operationalState"], onboarded["usageState"]));
        Assert.Equal("probe", onboarded["appName"]);
        Assert.Equal(Digest(Content), onboarded.Json.GetProperty("checksum").GetProperty("hash").GetString());
        Assert.Equal("image", onboarded.Json.GetProperty("softwareImages")[0].GetProperty("id").GetString());
        Assert.Equal("probe-d", (await Client.Get(url + "/appd")).Is(HttpStatusCode.OK)["appDId"]);
        Assert.Equal("IN_USE", (await Client.Get(Used(await Client.Create(), url)))["usageState"]);

        (await Client.Delete(url)).Is(HttpStatusCode.Conflict, "disable it first");
        Assert.Equal("DISABLED", (await Client.Patch(url, Disable)).Is(HttpStatusCode.OK)["operationalState"]);
        (await Client.Post("/app_lcm/v1/app_instances", """{"appDId":"probe-d"}""")).Is(HttpStatusCode.Conflict, "DISABLED");
        (await Client.Delete(url)).Is(HttpStatusCode.Conflict, "delete the instances");
        foreach (var instance in (await Client.Get("/app_lcm/v1/app_instances")).Json.EnumerateArray())
        {
            (await Client.Delete(instance.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!)).Is(HttpStatusCode.NoContent);
        }

        (await Client.Delete(url)).Is(HttpStatusCode.NoContent);
        (await Client.Get(url)).Is(HttpStatusCode.NotFound, "list the packages");
    }

    [Fact]
    public async Task Both_trees_have_the_same_packages()
    {
        var url = (await Client.Post(Onboarded, Announcement())).Is(HttpStatusCode.Created).Location;
        Assert.Empty((await Client.Get(Onboarded)).Json.EnumerateArray());
        Assert.Single((await Client.Get(Packages)).Json.EnumerateArray());
        (await Upload($"{Onboarded}/{url.Split('/')[^1]}")).Is(HttpStatusCode.Accepted);

        var listed = Assert.Single((await Client.Get(Onboarded)).Json.EnumerateArray());
        var byDescriptor = listed.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!;
        Assert.EndsWith("/onboarded_app_packages/probe-d", byDescriptor, StringComparison.Ordinal);
        Assert.Equal(url.Split('/')[^1], (await Client.Get(byDescriptor))["id"]);
        Assert.Equal(Content, (await Client.Get(byDescriptor + "/package_content")).Body);
        (await Client.Patch(byDescriptor, """{"operationState":"DISABLED"}""")).Is(HttpStatusCode.OK);
        (await Client.Delete(byDescriptor)).Is(HttpStatusCode.NoContent);
        (await Client.Get(Onboarded + "/nobody")).Is(HttpStatusCode.NotFound);
        (await Client.Get(Packages + "/nobody")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_content_that_is_wrong_is_refused_with_every_fault_and_the_reason_stays_on_the_record()
    {
        var wrong = Encoding.UTF8.GetBytes("""{"appDId":"x","appName":"x"}""");
        var url = (await Client.Post(Packages, Announcement(wrong))).Location;
        var refused = (await Upload(url, wrong)).Is(HttpStatusCode.BadRequest, "appProvider");
        Assert.Equal("PACKAGE_REFUSED", refused["reason"]);
        var package = await Client.Get(url);
        Assert.Equal("CREATED", package["onboardingState"]);
        Assert.Contains("appProvider", package.Json.GetProperty("onboardingFailureDetails").GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await Upload(url)).Is(HttpStatusCode.BadRequest, "it was said to be");
    }

    [Theory]
    [InlineData("SHA-256")]
    [InlineData("sha512")]
    public async Task A_content_other_than_announced_is_refused(string algorithm)
    {
        var hash = algorithm == "SHA-256" ? Digest(Content) : Convert.ToHexString(SHA512.HashData(Content));
        var url = (await Client.Post(Packages, Announcement(hash: hash, algorithm: algorithm))).Is(HttpStatusCode.Created).Location;
        (await Upload(url, [.. Content, (byte)'\n'])).Is(HttpStatusCode.BadRequest, "pload");
        (await Upload(url)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_digest_that_is_none_leads_nowhere_but_to_a_refusal()
    {
        var url = (await Client.Post(Packages, Announcement(hash: "../../../../tmp/x"))).Is(HttpStatusCode.Created).Location;
        (await Upload(url)).Is(HttpStatusCode.BadRequest, "the package was announced with ../../../../tmp/x");
    }

    [Fact]
    public async Task An_upload_may_be_repeated_and_another_content_for_an_onboarded_package_is_a_conflict()
    {
        var url = (await Client.Post(Packages, Announcement())).Location;
        (await Upload(url)).Is(HttpStatusCode.Accepted);
        (await Upload(url)).Is(HttpStatusCode.Accepted);
        var second = (await Client.Post(Packages, Announcement())).Location;
        (await Upload(second)).Is(HttpStatusCode.Conflict, "belongs to package");
    }

    [Fact]
    public async Task A_content_that_is_too_long_is_refused_before_it_is_read()
    {
        var url = (await Client.Post(Packages, Announcement())).Location;
        using var request = new HttpRequestMessage(HttpMethod.Put, url + "/package_content") { Content = new StreamContent(Stream.Null) };
        request.Content.Headers.ContentType = new("application/zip");
        request.Content.Headers.ContentLength = 1L << 50;
        request.Headers.ExpectContinue = true;
        using var answer = await Client.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("a package may have", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("CREATED", (await Client.Get(url))["onboardingState"]);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=5-", 5, null)]
    [InlineData("bytes=-7", -7, null)]
    [InlineData("bytes=3-99999999", 3, null)]
    public async Task A_part_of_the_content_is_given(string range, int from, int? count)
    {
        var url = (await Client.Post(Packages, Announcement())).Location;
        (await Upload(url)).Is(HttpStatusCode.Accepted);
        var part = (await Client.Get(url + "/package_content", ("Range", range))).Is(HttpStatusCode.PartialContent);
        var start = from < 0 ? Content.Length + from : from;
        var expected = Content[start..(count is { } c ? start + c : Content.Length)];
        Assert.Equal(expected, part.Body);
        Assert.Equal($"bytes {start}-{start + expected.Length - 1}/{Content.Length}", part.Headers["Content-Range"]);
    }

    [Fact]
    public async Task A_part_that_does_not_exist_is_refused_and_the_tag_spares_a_download()
    {
        var url = (await Client.Post(Packages, Announcement())).Location;
        (await Upload(url)).Is(HttpStatusCode.Accepted);
        var refused = (await Client.Get(url + "/package_content", ("Range", "bytes=99999999-"))).Is(HttpStatusCode.RequestedRangeNotSatisfiable, $"0 to {Content.Length - 1}");
        Assert.Equal($"bytes */{Content.Length}", refused.Headers["Content-Range"]);
        var whole = (await Client.Get(url + "/package_content")).Is(HttpStatusCode.OK);
        Assert.Equal($"\"{Digest(Content)}\"", whole.Headers["ETag"]);
        (await Client.Get(url + "/package_content", ("If-None-Match", whole.Headers["ETag"]))).Is(HttpStatusCode.NotModified);
        (await Client.Get(url + "/package_content", ("Range", "bytes=0-3"), ("If-Range", "\"other\""))).Is(HttpStatusCode.OK);
        (await Client.Get(url + "/package_content", ("Range", "bytes=0-3"), ("If-Range", whole.Headers["ETag"]))).Is(HttpStatusCode.PartialContent);
    }

    [Fact]
    public async Task A_change_of_another_representation_than_the_present_one_is_refused()
    {
        var url = (await Client.Post(Packages, Announcement())).Location;
        (await Upload(url)).Is(HttpStatusCode.Accepted);
        var etag = (await Client.Get(url)).Headers["ETag"];
        (await Client.Patch(url, Disable, ("If-Match", etag))).Is(HttpStatusCode.OK);
        (await Client.Patch(url, """{"operationalState":"ENABLED"}""", ("If-Match", etag))).Is(HttpStatusCode.PreconditionFailed, "read it again");
    }

    [Fact]
    public async Task Every_fault_of_an_announcement_or_a_change_is_told()
    {
        var refused = (await Client.Post(Packages, """{"appPkgName":"","checksum":{"algorithm":"MD5","hash":"1"}}""")).Is(HttpStatusCode.BadRequest);
        foreach (var path in new[] { "appPkgName", "appPkgVersion", "appPkgPath", "checksum/algorithm" })
        {
            Assert.Contains(path, refused.Detail, StringComparison.Ordinal);
        }

        var url = (await Client.Post(Packages, Announcement())).Location;
        (await Client.Patch(url, "{}")).Is(HttpStatusCode.BadRequest, "ENABLED or DISABLED is needed");
        (await Client.Patch(url, Disable)).Is(HttpStatusCode.Conflict, "needs ONBOARDED");
        (await Client.Send(HttpMethod.Put, url + "/package_content", new StringContent("x", null, "image/png"))).Is(HttpStatusCode.UnsupportedMediaType, "application/zip");
    }

    private static string Announcement(byte[]? content = null, string? hash = null, string algorithm = "SHA-256") => $$"""
        {"appPkgName":"announced","appPkgVersion":"1","appPkgPath":"https://provider.example/probe.csar",
         "checksum":{"algorithm":"{{algorithm}}","hash":"{{hash ?? Digest(content ?? Content)}}"},"userDefinedData":{"team":"tests","n":1} }
        """;

    private static string Used(string instance, string package) => instance.Length > 0 ? package : "";

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private Task<RestAnswer> Upload(string url, byte[]? content = null)
    {
        var body = new ByteArrayContent(content ?? Content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return Client.Send(HttpMethod.Put, url + "/package_content", body);
    }
}
