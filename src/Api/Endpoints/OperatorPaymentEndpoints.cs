using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Operations;
using Connect.Purchases;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>What operators see and do about payments. Giving money back needs a reason, which the ledger and the payment provider keep.</summary>
internal static class OperatorPaymentEndpoints
{
    public static void MapOperatorPayments(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/operator").Needs(Need.Operate).WithTags("Operator");
        var purchase = group.MapGroup("/accounts/{accountId}/purchases/{purchaseId}");
        purchase.MapGet("", Get).WithName("inspectPurchase").WithSummary("Everything of a purchase: its state, the payment intent, refunds, disputes.");
        purchase.MapPost("/check", Check).WithName("checkPurchase")
            .WithSummary("Reads the payment and its refunds and disputes at the payment provider now, and does what follows. Charges nothing; harmless at any time.");
        purchase.MapPost("/refunds", Refund).RequireIdempotencyKey("operator-refunds")
            .WithName("refundPurchase").WithSummary("Gives money of a purchase back, all that is left or an amount, and takes the credits that go with it.");
        purchase.MapPost("/review", CloseReview).WithName("closePurchaseReview")
            .WithSummary("Says that a purchase which waited for a person waits no more, and what was done. Moves nothing; the first word stays.");
        group.MapPost("/reconcile", Reconcile).WithName("reconcile")
            .WithSummary("Checks conservation of every account, ledger against grain, and compares payments with ledgers both ways. 202 and where its report is when that takes longer.");
        group.MapGet("/reconciliations", List).WithName("listReconciliations").WithSummary("What comparisons of payments with ledgers did and found, the newest first.");
        group.MapGet("/reconciliations/{id}", Report).WithName("getReconciliation").WithSummary("What one comparison did and found.");
    }

    private static async Task<Results<Ok<OperatorPurchaseBody>, ProblemResult>> Get(string accountId, string purchaseId, Signed by, MoneyBackService moneyBack) =>
        (await moneyBack.Get(by.Caller, accountId, purchaseId)).ToOk();

    private static async Task<Results<Ok<PurchaseCheckBody>, ProblemResult>> Check(string accountId, string purchaseId, Signed by, MoneyBackService moneyBack) =>
        (await moneyBack.Check(by.Caller, accountId, purchaseId)).ToOk();

    private static async Task<Results<Ok<PurchaseView>, ProblemResult>> CloseReview(
        string accountId, string purchaseId, ReviewRequest request, Signed by, MoneyBackService moneyBack) =>
        OperatorEndpoints.Unreasoned(request.Reason) is { } unreasoned
            ? unreasoned.ToHttp()
            : (await moneyBack.CloseReview(by.Caller, accountId, purchaseId, request.Reason!)).ToOk();

    private static async Task<Results<Ok<RefundView>, Accepted<RefundView>, ProblemResult>> Refund(
        string accountId, string purchaseId, RefundRequest request, HttpContext http, Signed by, MoneyBackService moneyBack)
    {
        if (OperatorEndpoints.Unreasoned(request.Reason) is { } unreasoned)
            return unreasoned.ToHttp();
        var operation = RequestKey.Of(http).OperationId("operator-refund");
        var answer = await moneyBack.Refund(by.Caller, accountId, purchaseId, operation, request.Amount, request.Reason!);
        if (answer.Problem is { } problem)
            return problem.ToHttp();
        return answer.Value.Status == RefundStatus.Processing
            ? TypedResults.Accepted($"/v1/operator/accounts/{accountId}/purchases/{purchaseId}", answer.Value)
            : TypedResults.Ok(answer.Value);
    }

    private static async Task<Results<Ok<ReconciliationBody>, Accepted<ReconciliationBody>, ProblemResult>> Reconcile(Signed by, ReconciliationService reconciliations)
    {
        var answer = await reconciliations.Reconcile(by.Caller);
        if (answer.Problem is { } problem)
            return problem.ToHttp();
        return answer.Value.EndedAt is null
            ? TypedResults.Accepted($"/v1/operator/reconciliations/{answer.Value.Payments!.Id}", answer.Value)
            : TypedResults.Ok(answer.Value);
    }

    private static async Task<Results<Ok<ReconciliationsBody>, ProblemResult>> List(Signed by, ReconciliationService reconciliations) =>
        (await reconciliations.List(by.Caller)).ToOk();

    private static async Task<Results<Ok<ReconciliationReport>, ProblemResult>> Report(string id, Signed by, ReconciliationService reconciliations) =>
        (await reconciliations.Get(by.Caller, id)).ToOk();
}
