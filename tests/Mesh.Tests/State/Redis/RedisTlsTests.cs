using Mano.Mesh.Failures;
using Mano.Mesh.State.Redis;
using Mano.Mesh.Tests.Security;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis that speaks TLS, with a certificate of an operator's own authority.</summary>
public sealed class RedisTlsTests : RedisWorld
{
    private readonly TempFolder folder = new();
    private readonly int port = DaemonProcess.FreePort();
    private readonly TestAuthority authority;

    public RedisTlsTests()
    {
        authority = new(folder, "ours");
        authority.Issue("redis");
    }

    protected override string[] Settings =>
    [
        "--tls-port", Number(port), "--tls-cert-file", folder.File("redis.pem"), "--tls-key-file", folder.File("redis.key"),
        "--tls-ca-cert-file", authority.RootFile, "--tls-auth-clients", "no", "--requirepass", "secret",
    ];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [RedisFact]
    public async Task The_store_works_over_TLS_with_the_authority_that_was_named()
    {
        var store = await OpenReached(seconds: 30, with: options => options with { Tls = true, TlsAuthority = authority.RootFile, Password = "secret" }, port: port);
        await Put(store, "k", 1);
        Assert.Equal("1", await Text(store, "k"));
    }

    [RedisFact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = new TestAuthority(folder, "theirs");
        foreach (var trusted in new[] { other.RootFile, null })
        {
            var store = Open(with: options => options with { Tls = true, TlsAuthority = trusted, Password = "secret" }, port: port);
            Assert.Contains("certificate", (await AssertUnavailable(store)).Message, StringComparison.Ordinal);
        }
    }

    [RedisFact]
    public void A_missing_authority_is_told_before_anything_starts()
    {
        var wrong = Assert.Throws<FailureException>(() => RedisStateStore.Open(
            RedisStoreOptions.Parse($"redis://127.0.0.1:{port}/?tls={folder.File("none.pem")}"), TimeProvider.System, NullLoggerFactory.Instance));
        Assert.Equal(FailureKind.InvalidInput, wrong.Failure.Kind);
    }
}
