using Grpc.Core;
using Grpc.Health.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Mesh.Security;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.Security;

public sealed class MutualTlsTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TestAuthority ours;
    private readonly TestAuthority theirs;

    public MutualTlsTests()
    {
        ours = new TestAuthority(folder, "ours");
        theirs = new TestAuthority(folder, "theirs");
    }

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_caller_with_a_certificate_of_the_authority_is_served()
    {
        await using var app = await Serve(ours.Issue("server"));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await Check(app, ours.Issue("client")));
    }

    [Fact]
    public async Task A_caller_of_another_authority_is_turned_away()
    {
        await using var app = await Serve(ours.Issue("server"));
        var e = await Assert.ThrowsAsync<RpcException>(() => Check(app, theirs.Issue("client")));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task A_caller_without_a_certificate_is_turned_away()
    {
        await using var app = await Serve(ours.Issue("server"));
        await Assert.ThrowsAsync<RpcException>(() => Check(app, null));
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_believed()
    {
        await using var app = await Serve(theirs.Issue("server"));
        await Assert.ThrowsAsync<RpcException>(() => Check(app, ours.Issue("client")));
    }

    [Fact]
    public void A_missing_file_is_named_in_the_refusal()
    {
        var e = Assert.Throws<FailureException>(() => MeshCertificates.Load("/nowhere/a.pem", "/nowhere/a.key", ours.RootFile));
        Assert.Equal(FailureKind.InvalidInput, e.Failure.Kind);
        Assert.Contains("/nowhere/a.pem", e.Failure.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> Serve(MeshCertificates certificates)
    {
        var app = MeshHost.CreateBuilder("test", new ListenOptions { Certificates = certificates }, LogLevel.Critical).Build();
        app.MapMesh();
        await app.StartAsync();
        return app;
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> Check(WebApplication app, MeshCertificates? certificates)
    {
        using var channels = new GrpcChannels(certificates);
        var client = new Health.HealthClient(channels.For(BoundAddresses.Of(app).Grpc));
        return (await client.CheckAsync(new HealthCheckRequest())).Status;
    }
}
