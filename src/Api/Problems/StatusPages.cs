using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.AspNetCore.WebUtilities;

namespace Connect.Api.Problems;

/// <summary>Gives answers without a body (no such address, wrong method) a problem document on the addresses that programs use.</summary>
internal static class StatusPages
{
    public static Task Answer(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (!http.Request.Path.StartsWithSegments("/v1") && !http.Request.Path.StartsWithSegments("/sandbox"))
            return Task.CompletedTask;
        if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            Judge(http);
        var status = http.Response.StatusCode;
        var problem = status switch
        {
            StatusCodes.Status401Unauthorized => Refuse.SignInRequired(),
            StatusCodes.Status403Forbidden => Refuse.AccountAccessDenied(),
            StatusCodes.Status404NotFound => Refuse.NotFound("address"),
            _ => Refuse.Unsuitable(status, ReasonPhrases.GetReasonPhrase(status)),
        };
        return problem.ToHttp().ExecuteAsync(http);
    }

    // The files of the web pages have an address for everything, of which routing says that it can be read only. Here an address is there when it is one of the API's own.
    private static void Judge(HttpContext http)
    {
        var methods = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => IsAt(endpoint, http.Request.Path))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Distinct().Order(StringComparer.Ordinal).ToArray();
        http.Response.StatusCode = methods.Length == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = methods.Length == 0 ? default : string.Join(", ", methods);
    }

    private static bool IsAt(RouteEndpoint endpoint, PathString path) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart] }, ..]
        && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, []);
}
