using System.Net;
using System.Net.Sockets;
using System.Text;
using Mano.Mesh.Discovery;
using Mano.Mesh.Discovery.Consul;
using Mano.Mesh.Failures;
using Mano.Mesh.Tests.Security;
using Mano.Testing;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>The client against a real agent, and what it says when things go wrong.</summary>
public sealed class ConsulClientTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ConsulFact]
    public async Task A_service_is_registered_found_renewed_listed_and_taken_away()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(Options(agent.Url));
        var service = Service();
        Assert.Null(await client.FindOwn(service.Id, default));
        await client.Register(new ServiceCheck(IsTtl: true).Registration(service, Options(agent.Url)), default);

        Assert.True(service.Is((await client.FindOwn(service.Id, default))!));
        Assert.False((service with { Address = new("http://127.0.0.1:2") }).Is((await client.FindOwn(service.Id, default))!));
        await client.Renew(ServiceCheck.IdOf(service), null, default);
        var listed = Assert.Single((await client.Instances(ServiceNames.Mepm, 0, default)).Instances);
        Assert.Equal("http://127.0.0.1:1", listed.Url);
        Assert.Equal("edge-a", listed.Tag("site"));
        Assert.Null(listed.Tag("sit"));
        Assert.True(listed.HasTag("zone", "a"));
        Assert.Equal("i-1", listed.Incarnation);
        Assert.Equal(ServiceHealth.Passing, listed.Health);

        await client.Renew(ServiceCheck.IdOf(service), "the store is away", default);
        var sick = Assert.Single((await client.Instances(ServiceNames.Mepm, 0, default)).Instances);
        Assert.Equal((ServiceHealth.Critical, "the store is away"), (sick.Health, sick.Why));

        await client.DeregisterIfAny(service.Id, default);
        await client.DeregisterIfAny(service.Id, default);
        Assert.Empty((await client.Instances(ServiceNames.Mepm, 0, default)).Instances);
    }

    [ConsulFact]
    public async Task A_question_with_an_index_waits_for_news_and_comes_back_with_them()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(Options(agent.Url));
        var first = await client.Instances(ServiceNames.Mepm, 0, default);
        Assert.Empty(first.Instances);
        var waiting = client.Instances(ServiceNames.Mepm, first.Index, default);
        await client.Register(new ServiceCheck(IsTtl: true).Registration(Service(), Options(agent.Url)), default);

        var news = await waiting.Soon();
        while (news.Instances.Length == 0)
        {
            // An agent that has just begun has news of its own.
            news = await client.Instances(ServiceNames.Mepm, news.Index, default).Soon();
        }

        Assert.Single(news.Instances);
        Assert.True(news.Index > first.Index);
    }

    [ConsulFact]
    public async Task Renewing_what_the_agent_does_not_have_is_NotFound()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(Options(agent.Url));
        Assert.Equal(FailureKind.NotFound, (await Refused(() => client.Renew("nobody", null, default))).Kind);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_told_with_its_address()
    {
        using var client = new ConsulClient(Options("http://127.0.0.1:1"));
        var failure = await Refused(() => client.FindOwn("x", default));
        Assert.Equal("CONSUL_UNREACHABLE", failure.Reason);
        Assert.Contains("Consul at http://127.0.0.1:1 cannot be reached (looking for x)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_accepts_and_says_nothing_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new ConsulClient(Options($"http://{silent.LocalEndpoint}") with { CallTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal("CONSUL_SILENT", (await Refused(() => client.FindOwn("x", default))).Reason);
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("[{\"Service\":{}}]")]
    [InlineData("null")]
    public async Task Something_else_that_answers_there_is_told_as_such(string body)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var served = Serve(other, body);
        using var client = new ConsulClient(Options($"http://{other.LocalEndpoint}"));
        var failure = await Refused(() => client.Instances("mano-meo", 0, default));
        Assert.Contains("--consul must name the HTTP API of a Consul agent", failure.Message, StringComparison.Ordinal);
        await served;
    }

    [ConsulFact]
    public async Task An_agent_that_denies_says_what_it_needs_and_a_new_token_in_the_file_is_used_at_once()
    {
        await using var agent = await ConsulAgent.WithAclAsync();
        var registration = new ServiceCheck(IsTtl: true).Registration(Service(), Options(agent.Url));

        using (var without = new ConsulClient(Options(agent.Url)))
        {
            var failure = await Refused(() => without.Register(registration, default));
            Assert.Contains("no token was given: name a file with one in --consul-token-file", failure.Message, StringComparison.Ordinal);
        }

        var file = folder.File("token");
        using var client = new ConsulClient(Options(agent.Url) with { TokenFile = file });
        Assert.Contains("does not exist", (await Refused(() => client.Register(registration, default))).Message, StringComparison.Ordinal);

        const string unknown = "00000000-1111-2222-3333-444444444444";
        await File.WriteAllTextAsync(file, unknown + "\n");
        var wrong = await Refused(() => client.Register(registration, default));
        Assert.Equal("CONSUL_ACL", wrong.Reason);
        Assert.Contains($"does not know the token in {file}", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(unknown, wrong.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, await agent.TokenFor("reader", """service_prefix "" { policy = "read" }"""));
        var little = await Refused(() => client.Register(registration, default));
        Assert.Contains("service_prefix \"mano-\" { policy = \"write\" }", little.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, await agent.TokenFor("mano", """service_prefix "mano-" { policy = "write" } node_prefix "" { policy = "read" }"""));
        await client.Register(registration, default);
        Assert.Single((await client.Instances(ServiceNames.Mepm, 0, default)).Instances);
    }

    [ConsulFact]
    public async Task An_agent_with_TLS_is_believed_by_its_authority_and_by_no_other()
    {
        using var ours = new TestAuthority(folder, "ours");
        using var theirs = new TestAuthority(folder, "theirs");
        ours.Issue("consul");
        await using var agent = await ConsulAgent.WithTlsAsync(folder.File("consul.pem"), folder.File("consul.key"), ours.RootFile);

        using (var client = new ConsulClient(Options(agent.Url) with { CaFile = ours.RootFile }))
        {
            Assert.Empty((await client.Instances(ServiceNames.Meo, 0, default)).Instances);
        }

        using (var other = new ConsulClient(Options(agent.Url) with { CaFile = theirs.RootFile }))
        {
            var failure = await Refused(() => other.FindOwn("x", default));
            Assert.Equal("CONSUL_TLS", failure.Reason);
            Assert.Contains(theirs.RootFile, failure.Message, StringComparison.Ordinal);
        }

        using (var without = new ConsulClient(Options(agent.Url)))
        {
            Assert.Contains("--consul-ca FILE", (await Refused(() => without.FindOwn("x", default))).Message, StringComparison.Ordinal);
        }

        using (var plain = new ConsulClient(Options(agent.Url.Replace("https:", "http:", StringComparison.Ordinal))))
        {
            Assert.Contains("https://", (await Refused(() => plain.FindOwn("x", default))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_of_authorities_that_is_none_is_refused_by_name()
    {
        var file = folder.File("ca.pem");
        File.WriteAllText(file, "not PEM");
        var e = Assert.Throws<FailureException>(() => new ConsulClient(Options("https://127.0.0.1:1") with { CaFile = file }));
        Assert.Equal(FailureKind.InvalidInput, e.Failure.Kind);
        Assert.Contains(file, e.Failure.Message, StringComparison.Ordinal);
    }

    internal static DiscoveryOptions Options(string url) => new() { Consul = new Uri(url), CheckInterval = TimeSpan.FromSeconds(1), VerifyEvery = TimeSpan.FromMilliseconds(300) };

    internal static ServiceDescription Service() => new(
        "mano-mepm-edge-a", ServiceNames.Mepm, new Uri("http://127.0.0.1:1"), ["site=edge-a", "zone=a"],
        new Dictionary<string, string> { [ServiceNames.Incarnation] = "i-1" });

    private static async Task<Failure> Refused(Func<Task> call) => (await Assert.ThrowsAsync<FailureException>(call)).Failure;

    private static async Task Serve(TcpListener listener, string body)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        await stream.ReadAtLeastAsync(new byte[4096], 1);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Consul-Index: 7\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
