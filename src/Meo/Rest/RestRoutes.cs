using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest;

/// <summary>Maps one API's resources below its root. Whoever asks for a body says first which types it takes: that is looked at before anything is done.</summary>
internal sealed class RestRoutes(WebApplication app, string root)
{
    public string Root => root;

    public void Get(string path, RequestDelegate handler, params string[] answers) => app.MapGet(root + path, Answering(handler, answers));

    public void Post(string path, RequestDelegate handler, params string[] answers) => app.MapPost(root + path, Answering(handler, answers));

    public void Patch(string path, RequestDelegate handler, params string[] answers) => app.MapMethods(root + path, [HttpMethods.Patch], Answering(handler, answers));

    public void Put(string path, RequestDelegate handler) => app.MapPut(root + path, handler);

    public void Delete(string path, RequestDelegate handler) => app.MapDelete(root + path, handler);

    private static RequestDelegate Answering(RequestDelegate handler, string[] answers) => answers.Length == 0
        ? handler
        : context =>
        {
            context.RequireAccept(answers);
            return handler(context);
        };
}
