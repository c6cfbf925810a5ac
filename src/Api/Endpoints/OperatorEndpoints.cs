using Connect.Accounts;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>What operators see and do. Every change needs a reason, which the ledger keeps.</summary>
internal static class OperatorEndpoints
{
    public static void MapOperator(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/operator").Needs(Need.Operate).WithTags("Operator");
        group.MapGet("/accounts/{accountId}", Inspect).WithName("inspectAccount").WithSummary("Everything of an account: grain, check, latest entries, cards.");
        group.MapPost("/accounts/{accountId}/grants", Grant).RequireIdempotencyKey("operator-grants")
            .WithName("grantCredits").WithSummary("Gives credits, with a reason.");
        group.MapPost("/accounts/{accountId}/voids", Void).RequireIdempotencyKey("operator-voids")
            .WithName("voidBatch").WithSummary("Ends a batch, with a reason.");
        group.MapPost("/accounts/{accountId}/auto-top-up/resume", Resume).RequireIdempotencyKey("operator-auto-top-up-resume")
            .WithName("resumeAutoTopUp").WithSummary("Arms a suspended auto top-up again, whatever it was suspended for, with a reason.");
    }

    private static async Task<Results<Ok<OperatorAccountBody>, ProblemResult>> Inspect(string accountId, Signed by, OperatorService operators) =>
        (await operators.Inspect(by.Caller, accountId)).ToOk();

    private static async Task<Results<Ok<PostedBody>, ProblemResult>> Grant(
        string accountId, GrantRequest request, HttpContext http, Signed by, OperatorService operators)
    {
        if (request.Credits is not { } credits)
            return Refuse.Validation("credits", "Say how many credits to give.").ToHttp();
        if (Unreasoned(request.Reason) is { } unreasoned)
            return unreasoned.ToHttp();
        var source = request.Source ?? GrantSource.Manual;
        if (source is not (GrantSource.Manual or GrantSource.Promotional))
            return Refuse.Validation("source", "An operator gives manual or promotional credits; bought ones come from purchases.").ToHttp();
        var command = new Grant
        {
            OperationId = RequestKey.Of(http).OperationId("operator-grant"), Reference = request.Reason!, Credits = credits, Source = source, ExpiresAt = request.ExpiresAt,
        };
        return (await operators.Grant(by.Caller, accountId, command)).ToOk();
    }

    private static async Task<Results<Ok<PostedBody>, ProblemResult>> Void(
        string accountId, VoidRequest request, HttpContext http, Signed by, OperatorService operators)
    {
        if (request.BatchId is not { } batchId)
            return Refuse.Validation("batchId", "Say which batch to end.").ToHttp();
        if (Unreasoned(request.Reason) is { } unreasoned)
            return unreasoned.ToHttp();
        var command = new VoidBatch { OperationId = RequestKey.Of(http).OperationId("operator-void"), Reference = request.Reason!, BatchId = batchId };
        return (await operators.Void(by.Caller, accountId, command)).ToOk();
    }

    private static async Task<Results<Ok<PostedBody>, ProblemResult>> Resume(
        string accountId, ResumeRequest request, HttpContext http, Signed by, OperatorService operators)
    {
        if (Unreasoned(request.Reason) is { } unreasoned)
            return unreasoned.ToHttp();
        var command = new ResumeAutoTopUp { OperationId = RequestKey.Of(http).OperationId("operator-auto-top-up-resume"), Reference = request.Reason! };
        return (await operators.ResumeAutoTopUp(by.Caller, accountId, command)).ToOk();
    }

    /// <summary>What is wrong with the reason of a change, or null.</summary>
    internal static Problem? Unreasoned(string? reason) => string.IsNullOrWhiteSpace(reason) || reason.Length > AccountLimits.MaxTextLength
        ? Refuse.Validation("reason", $"Give a reason of at most {AccountLimits.MaxTextLength} characters.")
        : null;
}
