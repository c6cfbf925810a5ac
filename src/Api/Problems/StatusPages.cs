using Microsoft.AspNetCore.Diagnostics;
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
}
