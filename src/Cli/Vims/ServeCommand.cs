using System.CommandLine;
using System.Net;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.Mesh.Hosting;
using Mano.Mesh.Security;
using Mano.VimAdapters.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim serve</c>: an adapter that ships, in a process of its own, behind the gRPC contract.</summary>
internal static class ServeCommand
{
    public static Command Build(Verbs verbs)
    {
        var adapter = new Option<string>("--adapter") { Description = "which: 'mano vim serve --adapter x' lists them", HelpName = "NAME", Required = true };
        var settings = ShippedAdapter.SettingsFlag();
        var listen = MeshFlags.Address("--listen", "where its gRPC listens; port 0 takes any");
        return verbs.Verb("serve", "run an adapter that ships in a process of its own, for a site with vim=Remote,vim.Address=…", [adapter, settings, listen], async run =>
        {
            await using var shipped = ShippedAdapter.Open(run.Get(adapter)!, run.Get(settings)!);
            await using var app = Host(shipped, run.Get(listen)!, run.Certificates());
            await app.StartAsync(run.Stop);
            var served = new ServedDocument(run.Get(adapter)!, BoundAddresses.Of(app).Grpc);
            run.Answer(() => Documents.Of(served, VimJson.Default.ServedDocument), console => Say(console, served));
            await run.Surroundings.RawOut.FlushAsync(run.Stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Surroundings.Clock, run.Stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await app.StopAsync(CancellationToken.None);
            return ExitCode.Done;
        });
    }

    private static WebApplication Host(ShippedAdapter shipped, IPEndPoint listen, MeshCertificates? certificates)
    {
        var builder = MeshHost.CreateBuilder("vim", new ListenOptions { Grpc = listen, Certificates = certificates }, LogLevel.Warning);
        builder.Services.AddSingleton(shipped.Vim);
        var app = builder.Build();
        app.MapMesh();
        app.MapGrpcService<VimAdapterGrpcService>();
        return app;
    }

    private static void Say(IAnsiConsole console, ServedDocument served)
    {
        console.Line($"{served.Adapter} answers at {served.Address} until Ctrl-C");
        console.Line($"a site takes it with --host …,vim=Remote,vim.Address={served.Address}", "grey");
    }
}

/// <param name="Adapter">As it was asked for.</param>
/// <param name="Address">Of its gRPC.</param>
internal sealed record ServedDocument(string Adapter, string Address);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ServedDocument))]
internal sealed partial class VimJson : JsonSerializerContext;
