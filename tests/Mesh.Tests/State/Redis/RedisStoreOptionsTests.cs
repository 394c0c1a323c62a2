using Mano.Mesh.Failures;
using Mano.Mesh.State.Redis;
using Mano.Testing;

namespace Mano.Mesh.Tests.State.Redis;

public sealed class RedisStoreOptionsTests
{
    [Fact]
    public void A_URL_names_servers_and_settings()
    {
        var options = RedisStoreOptions.Parse("redis://a.example:7000,10.0.0.1,[::1]:7001/?prefix=mano:acme&tls=true&timeout=2s");
        Assert.Equal([("a.example", 7000), ("10.0.0.1", 6379), ("::1", 7001)], options.Servers.Select(s => (s.Host, s.Port)));
        Assert.Equal(("mano:acme", true, TimeSpan.FromSeconds(2)), (options.Prefix, options.Tls, options.Timeout));
        Assert.Equal("a.example:7000,10.0.0.1:6379,[::1]:7001", options.Where);
        Assert.Equal((true, "/etc/ca.pem"), (RedisStoreOptions.Parse("redis://a/?tls=/etc/ca.pem").Tls, RedisStoreOptions.Parse("redis://a/?tls=/etc/ca.pem").TlsAuthority));
        Assert.Equal(("mano", false), (RedisStoreOptions.Parse("redis://localhost").Prefix, RedisStoreOptions.Parse("redis://localhost/").Tls));
    }

    [Theory]
    [InlineData("127.0.0.1:6379", "begins with redis://")]
    [InlineData("redis://", "host:port")]
    [InlineData("redis://host:port/", "host:port")]
    [InlineData("redis://host:0/", "host:port")]
    [InlineData("redis://a,,b/", "host:port")]
    [InlineData("redis://host/?prefix={x}", "letters, digits")]
    [InlineData("redis://host/?tls=yes", "PEM file")]
    [InlineData("redis://host/?db=3", "prefix, tls and timeout")]
    [InlineData("redis://host/?timeout=5", "no unit")]
    [InlineData("redis://:secret@host/", "--store-password-file")]
    public void A_wrong_URL_is_refused_with_what_would_be_right(string url, string right)
    {
        var wrong = Assert.Throws<FormatException>(() => RedisStoreOptions.Parse(url));
        Assert.Contains(right, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_comes_from_a_file_and_is_not_printed()
    {
        using var folder = new TempFolder();
        var file = folder.File("password");
        File.WriteAllText(file, "se cret\n");
        var options = RedisStoreOptions.Parse("redis://host/").WithPasswordFile(file);
        Assert.Equal("se cret", options.Password);
        Assert.DoesNotContain("se cret", options.ToString(), StringComparison.Ordinal);
        File.WriteAllText(file, "\n");
        foreach (var bad in new[] { file, folder.File("missing") })
        {
            var failure = Assert.Throws<FailureException>(() => options.WithPasswordFile(bad)).Failure;
            Assert.Equal(FailureKind.InvalidInput, failure.Kind);
            Assert.Contains(bad, failure.Message, StringComparison.Ordinal);
        }
    }
}
