using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>An application's own server: takes notifications, after failing some of them, or redirects them.</summary>
internal sealed class CallbackApp : IAsyncDisposable
{
    private readonly TaskCompletionSource<JsonDocument> notification = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication app;
    private int failures;

    private CallbackApp(WebApplication app, int failures) => (this.app, this.failures) = (app, failures);

    public Task<JsonDocument> Notification => notification.Task;

    public bool Redirected { get; private set; }

    public string Url => $"{app.Urls.First()}/told";

    public static async Task<CallbackApp> Start(int failures = 0, bool redirect = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var started = new CallbackApp(builder.Build(), failures);
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
        if (failures-- > 0)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        notification.TrySetResult(await JsonDocument.ParseAsync(context.Request.Body));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
