using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Mano.Meo.Tests.Replicas;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Rest;

/// <summary>Uploads in parts of which each goes to whichever replica the balancer chose.</summary>
public sealed class ReplicaUploadTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-d", 1, ""));

    [Fact]
    public async Task Replicas_that_share_their_packages_go_on_with_each_other_s_parts()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b");
        var path = await Announce(world, "meo-a");
        Assert.Equal("bytes=0-99", (await Send(world, "meo-a", path, 0, 100)).Is(HttpStatusCode.PermanentRedirect).Headers["Range"]);
        Assert.Equal("bytes=0-99", (await Ask(world, "meo-b", path)).Is(HttpStatusCode.PermanentRedirect).Headers["Range"]);
        Assert.Equal("bytes=0-299", (await Send(world, "meo-b", path, 100, 200)).Is(HttpStatusCode.PermanentRedirect).Headers["Range"]);
        await world.Stop("meo-b");
        (await Send(world, "meo-a", path, 300, Content.Length - 300)).Is(HttpStatusCode.Accepted);
        using var client = new RestClient(world.Http("meo-a"));
        Assert.Equal(Content, (await client.Get(path + "/package_content")).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task Replicas_with_folders_of_their_own_say_which_of_them_has_the_parts_and_take_it_all_anew()
    {
        await using var world = await ReplicasWorld.Start(["meo-a", "meo-b"], ownPackages: true);
        var path = await Announce(world, "meo-a");
        await Send(world, "meo-a", path, 0, 100);
        Assert.DoesNotContain("Range", (await Ask(world, "meo-b", path)).Is(HttpStatusCode.PermanentRedirect).Headers.Keys);
        (await Send(world, "meo-b", path, 100, 200)).Is(HttpStatusCode.Conflict, "went to replica 'meo-a'");
        (await Send(world, "meo-a", path, 100, 200)).Is(HttpStatusCode.PermanentRedirect);
        (await Send(world, "meo-b", path, 0, Content.Length)).Is(HttpStatusCode.Accepted);
    }

    private static async Task<string> Announce(ReplicasWorld world, string at)
    {
        using var client = new RestClient(world.Http(at));
        var created = await client.Post(
            "/app_pkgm/v1/app_packages",
            $$$"""{"appPkgName":"announced","appPkgVersion":"1","appPkgPath":"file:a","checksum":{"algorithm":"SHA-256","hash":"{{{Convert.ToHexStringLower(SHA256.HashData(Content))}}}"}}""");
        return new Uri(created.Is(HttpStatusCode.Created).Location).AbsolutePath;
    }

    private static Task<RestAnswer> Send(ReplicasWorld world, string at, string path, int from, int count) =>
        Put(world, at, path, $"bytes {from}-{from + count - 1}/{Content.Length}", Content[from..(from + count)]);

    private static Task<RestAnswer> Ask(ReplicasWorld world, string at, string path) => Put(world, at, path, $"bytes */{Content.Length}", []);

    private static async Task<RestAnswer> Put(ReplicasWorld world, string at, string path, string range, byte[] part)
    {
        using var client = new RestClient(world.Http(at));
        var body = new ByteArrayContent(part);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        body.Headers.TryAddWithoutValidation("Content-Range", range);
        return await client.Send(HttpMethod.Put, path + "/package_content", body);
    }
}
