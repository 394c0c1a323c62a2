using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>Uploads over REST that come in parts, or break off and go on.</summary>
public sealed class UploadPartTests : IAsyncLifetime
{
    private const string Packages = "/app_pkgm/v1/app_packages";

    private static readonly byte[] Content = Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-d", 1, ""));

    private RestWorld world = null!;
    private string scratch = "";

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => world = await RestWorld.Start(o =>
    {
        scratch = Path.Combine(o.DataFolder, "packages", "scratch");
        return o with { PackageQuotas = new() { Bytes = 100_000 } };
    });

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Parts_are_put_together_and_judged_when_the_last_one_is_there()
    {
        var url = await Announce();
        Assert.Equal("", Here(await Ask(url)));
        Assert.Equal("bytes=0-99", Here(await Send(url, 0, 100)));
        Assert.Equal("CREATED", (await Client.Get(url))["onboardingState"]);
        Assert.Equal("bytes=0-499", Here(await Send(url, 100, 400)));
        Assert.Equal("bytes=0-499", Here(await Ask(url)));
        (await Send(url, 500, Content.Length - 500)).Is(HttpStatusCode.Accepted);
        Assert.Equal("ONBOARDED", (await Client.Get(url))["onboardingState"]);
        Assert.Equal(Content, (await Client.Get(url + "/package_content")).Body);
        (await Ask(url)).Is(HttpStatusCode.Accepted);
        (await Send(url, 100, 400)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_part_that_does_not_go_on_where_the_last_one_ended_is_told_where_it_would()
    {
        var url = await Announce();
        await Send(url, 0, 100);
        (await Send(url, 200, 100)).Is(HttpStatusCode.Conflict, "100 bytes of announced are here");
        Assert.Equal("bytes=0-99", Here(await Ask(url)));
        (await Send(url, 0, Content.Length)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_whole_that_is_another_one_than_announced_is_refused_and_nothing_of_it_stays()
    {
        var url = await Announce();
        await Send(url, 0, 100, new byte[100]);
        (await Send(url, 100, Content.Length - 100)).Is(HttpStatusCode.BadRequest, "it was said to be");
        Assert.Equal("", Here(await Ask(url)));
    }

    [Theory]
    [InlineData("bytes 0-9", "bytes FIRST-LAST/TOTAL is needed")]
    [InlineData("lines 0-9/30", "bytes FIRST-LAST/TOTAL is needed")]
    [InlineData("bytes 0-9/30", "the body has 4 bytes")]
    [InlineData("bytes 0-3/*", "bytes FIRST-LAST/TOTAL is needed")]
    public async Task A_range_that_makes_no_sense_is_told_what_is_right(string range, string detail) =>
        (await Put(await Announce(), range, [1, 2, 3, 4])).Is(HttpStatusCode.BadRequest, detail);

    [Fact]
    public async Task Parts_need_a_digest_that_puts_them_together_and_room()
    {
        var other = await Announce(algorithm: "SHA-512");
        (await Send(other, 0, 100)).Is(HttpStatusCode.BadRequest, "announce the package with its checksum");
        (await Put(await Announce(), "bytes 0-3/20000000000000", [1, 2, 3, 4])).Is(HttpStatusCode.RequestEntityTooLarge, "a package may have");
        (await Put(await Announce(), "bytes 0-199999/300000", new byte[200_000])).Is(HttpStatusCode.Conflict, "the 100000 bytes they may");
    }

    [Fact]
    public async Task An_upload_whose_connection_broke_goes_on_with_what_arrived()
    {
        var url = new Uri(await Announce());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(url.Host, url.Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT {url.AbsolutePath}/package_content HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/zip\r\nContent-Length: {Content.Length}\r\n\r\n"));
            await stream.WriteAsync(Content.AsMemory(0, 300));
            await Eventually.Is(async () => (await Client.Get(url.ToString()))["onboardingState"] == "UPLOADING", "the upload began");
            await Eventually.Is(() => Directory.GetFiles(scratch, "partial-*").Sum(f => new FileInfo(f).Length) == 300, "what was sent arrived");
            client.Client.LingerState = new(true, 0);
        }

        await Eventually.Is(async () => (await Client.Get(url.ToString()))["onboardingState"] == "CREATED", "the MEO saw it break");
        var here = Here(await Ask(url.ToString()));
        var from = here.Length == 0 ? 0 : int.Parse(here[(here.IndexOf('-', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture) + 1;
        Assert.Equal(300, from);
        (await Send(url.ToString(), from, Content.Length - from)).Is(HttpStatusCode.Accepted);
    }

    private static string Here(RestAnswer answer) => answer.Is(HttpStatusCode.PermanentRedirect).Headers.GetValueOrDefault("Range", "");

    private async Task<string> Announce(string algorithm = "SHA-256")
    {
        var hash = Convert.ToHexStringLower(algorithm == "SHA-256" ? SHA256.HashData(Content) : SHA512.HashData(Content));
        return (await Client.Post(Packages, $$$"""{"appPkgName":"announced","appPkgVersion":"1","appPkgPath":"file:a","checksum":{"algorithm":"{{{algorithm}}}","hash":"{{{hash}}}"}}""")).Is(HttpStatusCode.Created).Location;
    }

    private Task<RestAnswer> Send(string url, int from, int count, byte[]? part = null) =>
        Put(url, $"bytes {from}-{from + count - 1}/{Content.Length}", part ?? Content[from..(from + count)]);

    private Task<RestAnswer> Ask(string url) => Put(url, $"bytes */{Content.Length}", []);

    private Task<RestAnswer> Put(string url, string range, byte[] part)
    {
        var body = new ByteArrayContent(part);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        body.Headers.TryAddWithoutValidation("Content-Range", range);
        return Client.Send(HttpMethod.Put, url + "/package_content", body);
    }
}
