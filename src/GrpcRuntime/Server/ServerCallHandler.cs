using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>Serves the calls of one method: reads the head, lets the shape of the call do its work, ends the call.</summary>
internal abstract class ServerCallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings, ILogger log)
    where TRequest : class
    where TResponse : class
{
    /// <summary>Kestrel's own bound on a request body; a message below it needs no lifting.</summary>
    private const int BodyLimitOfKestrel = 30_000_000;

    private readonly ServedMethod _served = new(method.FullName, settings, log);

    public Task HandleAsync(HttpContext http) =>
        GrpcResponse.IsGrpc(http) ? ServeAsync(http) : Task.CompletedTask;

    /// <summary>Whether requests are a stream, which may be slow and long.</summary>
    protected abstract bool StreamsRequests { get; }

    /// <summary>What the shape of the call does; the response, or null where it wrote its responses itself.</summary>
    protected abstract ValueTask<TResponse?> InvokeAsync(HttpServerCallContext context);

    /// <summary>The one request of the call.</summary>
    protected ValueTask<TRequest> ReadRequestAsync(HttpServerCallContext context) =>
        RequestReader.ReadSingleAsync(context, method.RequestMarshaller.ContextualDeserializer);

    protected RequestStreamReader<TRequest> RequestsOf(HttpServerCallContext context) => new(context, method.RequestMarshaller.ContextualDeserializer);

    protected ResponseStreamWriter<TResponse> ResponsesOf(HttpServerCallContext context) => new(context, method.ResponseMarshaller.ContextualSerializer);

    protected static RpcException NoResponse() => new(new Status(StatusCode.Cancelled, "No message returned from method."));

    private async Task ServeAsync(HttpContext http)
    {
        var context = new HttpServerCallContext(http, _served);
        try
        {
            LiftLimits(http);
            context.Begin();
            var response = await InvokeAsync(context);
            if (response is not null && context.Status.StatusCode == StatusCode.OK)
            {
                WriteResponse(context, response);
            }

            if (context.TryEnd())
            {
                context.Send(context.Status);
            }
        }
        catch (Exception ex)
        {
            context.EndBy(ex);
        }

        await context.CloseAsync();
    }

    private void WriteResponse(HttpServerCallContext context, TResponse response)
    {
        context.BeginWrite();
        try
        {
            ResponseWriter.Write(context, response, method.ResponseMarshaller.ContextualSerializer);
        }
        finally
        {
            context.EndWrite();
        }
    }

    private void LiftLimits(HttpContext http)
    {
        if (StreamsRequests && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if ((StreamsRequests || _served.Settings.MaxReceiveMessageSize is null or >= BodyLimitOfKestrel)
            && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
