using System.Collections.Concurrent;
using System.Text.Json;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Tests.Rest;

/// <summary>A subscriber's server: takes notifications by path, refuses some, and never answers at <c>/silent</c>.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<JsonElement>> told = new();
    private readonly WebApplication app;
    private int refuse;

    private Listener(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    public int Refuse
    {
        get => Volatile.Read(ref refuse);
        set => Volatile.Write(ref refuse, value);
    }

    public IEnumerable<JsonElement> Left => told.Values.SelectMany(q => q);

    public static async Task<Listener> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var listener = new Listener(builder.Build());
        listener.app.MapPost("/{path}", (RequestDelegate)listener.Take);
        listener.app.MapGet("/{path}", (RequestDelegate)Answer);
        await listener.app.StartAsync();
        return listener;
    }

    public async Task<JsonElement> Next(string path)
    {
        var queue = told.GetOrAdd(path, _ => new());
        var found = default(JsonElement);
        await Eventually.Is(() => queue.TryDequeue(out found), $"{path} is told; told so far: {string.Join(", ", told.Select(t => $"{t.Key} {t.Value.Count}"))}");
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private static Task Answer(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task Take(HttpContext context)
    {
        if (context.Request.Path == "/silent")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (Refuse > 0)
        {
            Interlocked.Decrement(ref refuse);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var body = await JsonDocument.ParseAsync(context.Request.Body);
        told.GetOrAdd(context.Request.Path.Value!, _ => new()).Enqueue(body.RootElement);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
