using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Sandbox.Stripe;

/// <summary>What banks do by themselves, on request: below the sandbox's prefix, in JSON. They answer with the object, or a problem.</summary>
internal static class StripeAdmin
{
    // A misspelt member would do something else than was meant, and say nothing.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Maps the triggers.</summary>
    public static void Map(IEndpointRouteBuilder group)
    {
        group.MapPost("/disputes", OpenDisputeAsync);
        group.MapPost("/disputes/{id}/{act}", ActOnDisputeAsync);
        group.MapPost("/refunds/{id}/fail", (string id, StripeWork work) => AnswerAsync(work, call => Refunds.Fail(call, id)));
        group.MapPost("/early_fraud_warnings", WarnAsync);
        group.MapPost("/payment_methods/{id}/renew", RenewAsync);
        StripeWebhookAdmin.Map(group);
    }

    private static async Task<IResult> OpenDisputeAsync(HttpContext context, StripeWork work)
    {
        if (await BodyAsync<DisputeOrder>(context) is not { } order)
            return Problem(StatusCodes.Status400BadRequest, "The body is JSON with paymentIntent or charge, and reason, amount, status, withdraw if wanted.");
        var about = new NewDispute { Amount = order.Amount, Withdraw = order.Withdraw };
        about = about with { Reason = order.Reason ?? about.Reason, Status = order.Status ?? about.Status };
        return await AnswerAsync(work, call => Disputes.Open(call, Charge(call, order.Charge, order.PaymentIntent), about));
    }

    private static async Task<IResult> ActOnDisputeAsync(string id, string act, StripeWork work)
    {
        DisputeAct? known = act switch
        {
            "withdraw" => DisputeAct.Withdraw,
            "reinstate" => DisputeAct.Reinstate,
            "review" => DisputeAct.Review,
            "win" => DisputeAct.Win,
            "lose" => DisputeAct.Lose,
            "close_warning" => DisputeAct.CloseWarning,
            _ => null,
        };
        return known is { } found
            ? await AnswerAsync(work, call => Disputes.Act(call, id, found))
            : Problem(StatusCodes.Status404NotFound, "A dispute can be told: withdraw, reinstate, review, win, lose, close_warning.");
    }

    private static async Task<IResult> WarnAsync(HttpContext context, StripeWork work) => await BodyAsync<WarningOrder>(context) is { } order
        ? await AnswerAsync(work, call => order.FraudType is { } type
            ? EarlyFraudWarnings.Open(call, Charge(call, order.Charge, order.PaymentIntent), type)
            : EarlyFraudWarnings.Open(call, Charge(call, order.Charge, order.PaymentIntent)))
        : Problem(StatusCodes.Status400BadRequest, "The body is JSON with paymentIntent or charge, and fraudType if wanted.");

    private static async Task<IResult> RenewAsync(string id, HttpContext context, StripeWork work) => await BodyAsync<NewDates>(context) is { } dates
        ? await AnswerAsync(work, call => PaymentMethods.Renew(call, id, dates.ExpMonth, dates.ExpYear))
        : Problem(StatusCodes.Status400BadRequest, "The body is JSON with expMonth and expYear.");

    private static StripeCharge Charge(StripeCall call, string? chargeId, string? intentId)
    {
        if (chargeId is not null)
            return call.Get<StripeCharge>(chargeId, "charge");
        if (intentId is null)
            throw StripeRefusal.Invalid("parameter_missing", "Name a charge or a paymentIntent.");
        var intent = call.Get<StripePaymentIntent>(intentId, "payment_intent");
        return intent.LatestCharge is { } latest
            ? call.Get<StripeCharge>(latest, "charge")
            : throw StripeRefusal.Invalid(null, "This payment intent has no charge.");
    }

    private static async Task<IResult> AnswerAsync(StripeWork work, Func<StripeCall, StripeObject> act)
    {
        try
        {
            return TypedResults.Json(await work.ActAsync(call => act(call).Render()));
        }
        catch (StripeRefusal refusal)
        {
            return Problem(refusal.Status, refusal.Error.Message);
        }
    }

    /// <summary>The JSON body, or null when it is none or has a member that is not known.</summary>
    public static async Task<T?> BodyAsync<T>(HttpContext context) where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(Json, context.RequestAborted);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A refusal.</summary>
    public static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status, title: "The sandbox can not do that");

    private sealed record DisputeOrder(string? Charge, string? PaymentIntent, string? Reason, long? Amount, string? Status, bool? Withdraw);

    private sealed record NewDates(int ExpMonth, int ExpYear);

    private sealed record WarningOrder(string? Charge, string? PaymentIntent, string? FraudType);
}
