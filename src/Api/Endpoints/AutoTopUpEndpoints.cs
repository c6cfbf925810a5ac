using System.Globalization;
using Connect.Accounts;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Auto top-up. Changing it needs the version that was read (If-Match), so that two people do not overwrite each other unseen.</summary>
internal static class AutoTopUpEndpoints
{
    public static void MapAutoTopUp(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("/auto-top-up").WithTags("Auto top-up");
        group.MapGroup("").Needs(Need.ReadCredits).MapGet("", Get).WithName("getAutoTopUp").WithSummary("Settings and state; the ETag is the settings' version.");
        var change = group.MapGroup("").Needs(Need.ManageCredits);
        change.MapPut("", Put).WithName("setAutoTopUp").WithSummary("Changes the settings; needs If-Match (an ETag, or * to overwrite).");
        change.MapPost("/retry", Retry).HonourIdempotencyKey("auto-top-up-retry")
            .WithName("retryAutoTopUp").WithSummary("Arms a suspended auto top-up again.");
    }

    private static async Task<Results<Ok<AutoTopUpBody>, ProblemResult>> Get(string accountId, HttpResponse response, Signed by, AutoTopUpService autoTopUp) =>
        Tagged(response, await autoTopUp.Get(by.Caller, accountId));

    private static async Task<Results<Ok<AutoTopUpBody>, ProblemResult>> Put(
        string accountId, AutoTopUpRequest request, HttpContext http, Signed by, AutoTopUpService autoTopUp)
    {
        if (request.Enabled is not { } enabled)
            return Refuse.Validation("enabled", "Say whether auto top-up is on.").ToHttp();
        if (enabled && request.Threshold is null or <= 0 or > AccountLimits.MaxCredits)
            return Refuse.Validation("threshold", $"The threshold is 1 to {AccountLimits.MaxCredits} credits.").ToHttp();
        if (enabled && request.Credits is null or <= 0 or > AccountLimits.MaxCredits)
            return Refuse.Validation("credits", $"The top-up is 1 to {AccountLimits.MaxCredits} credits.").ToHttp();
        if (request.MonthlyCap is <= 0)
            return Refuse.Validation("monthlyCap", "The monthly cap is more than nothing, or null for no cap.").ToHttp();
        var ifMatch = http.Request.Headers.IfMatch.ToString();
        if (ifMatch.Length == 0)
            return Refuse.PreconditionRequired().ToHttp();
        var any = ifMatch == "*";
        long version = 0;
        if (!any && !long.TryParse(ifMatch.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out version))
            return Refuse.PreconditionFailed().ToHttp();

        var settings = new AutoTopUpSettings
        {
            Enabled = enabled, Threshold = request.Threshold ?? 0, Credits = request.Credits ?? 0, MonthlyCap = request.MonthlyCap,
        };
        return Tagged(http.Response, await autoTopUp.Set(by.Caller, accountId, settings, any ? null : version));
    }

    private static async Task<Results<Ok<AutoTopUpBody>, ProblemResult>> Retry(string accountId, HttpContext http, Signed by, AutoTopUpService autoTopUp) =>
        (await autoTopUp.Retry(by.Caller, accountId, RequestKey.Of(http).OperationId("auto-top-up-retry"))).ToOk();

    private static Results<Ok<AutoTopUpBody>, ProblemResult> Tagged(HttpResponse response, Answer<AutoTopUpBody> answer)
    {
        if (answer.Problem is null)
            response.Headers.ETag = $"\"{answer.Value.Version}\"";
        return answer.ToOk();
    }
}
