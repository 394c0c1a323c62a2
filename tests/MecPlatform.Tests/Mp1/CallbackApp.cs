using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>An application's own server: takes notifications, after failing some of them, or redirects them.</summary>
internal sealed class CallbackApp : IAsyncDisposable
{
    private readonly TaskCompletionSource<JsonDocument> notification = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<JsonElement> told = Channel.CreateUnbounded<JsonElement>();
    private readonly WebApplication app;
    private int failures;
    private readonly int failure;
    private int asked;

    private CallbackApp(WebApplication app, int failures, int failure) => (this.app, this.failures, this.failure) = (app, failures, failure);

    public Task<JsonDocument> Notification => notification.Task;

    /// <summary>How often it was called, whatever it answered.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>The next notification that was taken.</summary>
    public async Task<JsonElement> Next() => await told.Reader.ReadAsync().AsTask().Soon();

    public bool Redirected { get; private set; }

    public string Url => $"{app.Urls.First()}/told";

    public static async Task<CallbackApp> Start(int failures = 0, bool redirect = false, int failure = StatusCodes.Status500InternalServerError)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var started = new CallbackApp(builder.Build(), failures, failure);
        started.app.MapPost("/told", (RequestDelegate)(redirect ? started.Redirect : started.Told));
        started.app.MapFallback((RequestDelegate)(_ =>
        {
            started.Redirected = true;
            return Task.CompletedTask;
        }));
        await started.app.StartAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private Task Redirect(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = "/elsewhere";
        return Task.CompletedTask;
    }

    private async Task Told(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        if (failures-- > 0)
        {
            context.Response.StatusCode = failure;
            return;
        }

        var body = await JsonDocument.ParseAsync(context.Request.Body);
        notification.TrySetResult(body);
        told.Writer.TryWrite(body.RootElement);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
