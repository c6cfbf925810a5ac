using System.Globalization;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/refunds</c>.</summary>
internal static class Refunds
{
    private const string Kind = "refund";

    /// <summary>Gives money back, all that is left of the charge unless an amount is given. Never more than was paid.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var parameters = call.Parameters;
        var intentId = parameters.Text("payment_intent");
        var chargeId = parameters.Text("charge");
        var amount = parameters.Integer("amount");
        var reason = parameters.OneOf("reason", "duplicate", "fraudulent", "requested_by_customer");
        var metadata = parameters.Metadata([]);
        parameters.RefuseUnknown();
        if (intentId is null && chargeId is null)
            throw StripeRefusal.Invalid("parameter_missing", "One of the following params should be provided for this request: payment_intent or charge.");
        var charge = chargeId is not null
            ? call.Unit.Find<StripeCharge>(chargeId) ?? throw StripeRefusal.Missing("charge", chargeId, "charge")
            : ChargeOf(call, intentId!);
        if (intentId is not null && charge.PaymentIntent != intentId)
            throw StripeRefusal.Invalid(null, $"The charge {charge.Id} does not belong to the payment intent {intentId}.", "charge");
        Check(call, charge, amount);

        var method = call.Unit.Find<StripePaymentMethod>(charge.PaymentMethod)!;
        var consequence = AfterPayment.OfRefund(method.Sandbox.Behaviour);
        var refund = new StripeRefund
        {
            Id = call.Ids.Next("re"),
            Created = call.Now.ToUnixTimeSeconds(),
            Metadata = metadata,
            Amount = amount ?? charge.Amount - charge.AmountRefunded,
            Charge = charge.Id,
            Currency = charge.Currency,
            DestinationDetails = new StripeRefundDestination(),
            PaymentIntent = charge.PaymentIntent,
            Reason = reason,
            Status = consequence == LaterKind.SettleRefund ? StripeRefund.Pending : StripeRefund.Succeeded,
        };
        var refunded = charge.AmountRefunded + refund.Amount;
        call.Save(charge with { AmountRefunded = refunded, Refunded = refunded == charge.Amount });
        if (refunded == charge.Amount)
            EarlyFraudWarnings.NothingLeftToDo(call, charge.Id);
        if (consequence is { } later)
            call.Unit.Plan(call.Now + AfterPayment.Delay, later, refund.Id);
        return call.Put(refund);
    }

    /// <summary>Shows a refund.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeRefund>(id, Kind).Render());
    }

    /// <summary>Changes the metadata, which is all that can change.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var refund = call.Get<StripeRefund>(id, Kind);
        refund = refund with { Metadata = call.Parameters.Metadata(refund.Metadata) };
        call.Parameters.RefuseUnknown();
        return call.Put(refund);
    }

    /// <summary>Lists refunds, of one intent, one charge or all.</summary>
    public static StripeAnswer List(StripeCall call) =>
        call.Page("/v1/refunds", Kind, parent: call.Parameters.Text("payment_intent"), members: call.Where("charge"));

    /// <summary>The bank takes a pending refund.</summary>
    public static void Settle(StripeCall call, string id)
    {
        var refund = call.Get<StripeRefund>(id, Kind);
        if (refund.Status == StripeRefund.Pending)
            call.Save(refund with { Status = StripeRefund.Succeeded });
    }

    /// <summary>The bank sends the money of a refund back: the charge counts it no more. One that has failed stays as it is.</summary>
    public static StripeRefund Fail(StripeCall call, string id)
    {
        var refund = call.Get<StripeRefund>(id, Kind);
        if (refund.Status == StripeRefund.Failed)
            return refund;
        refund = refund with { Status = StripeRefund.Failed, FailureReason = "unknown" };
        call.Save(refund);
        var charge = call.Get<StripeCharge>(refund.Charge, "charge");
        call.Save(charge with { AmountRefunded = charge.AmountRefunded - refund.Amount, Refunded = false });
        return refund;
    }

    private static StripeCharge ChargeOf(StripeCall call, string intentId)
    {
        var intent = call.Unit.Find<StripePaymentIntent>(intentId) ?? throw StripeRefusal.Missing("payment_intent", intentId, "payment_intent");
        return intent.Status == IntentStatus.Succeeded
            ? call.Get<StripeCharge>(intent.LatestCharge!, "charge")
            : throw StripeRefusal.Invalid(null, $"This PaymentIntent ({intentId}) does not have a successful charge to refund.", "payment_intent");
    }

    private static void Check(StripeCall call, StripeCharge charge, long? amount)
    {
        if (!charge.Paid)
            throw StripeRefusal.Invalid("charge_not_refundable", $"Charge {charge.Id} failed, so it can not be refunded.");
        if (Disputes.OfCharge(call, charge.Id).Any(dispute => !dispute.IsChargeRefundable && dispute.Status != DisputeStatus.Won))
            throw StripeRefusal.Invalid("charge_disputed", $"Charge {charge.Id} has been charged back; cannot issue a refund.");
        if (charge.Refunded)
            throw StripeRefusal.Invalid("charge_already_refunded", $"Charge {charge.Id} has already been refunded.");
        if (amount is < 1)
            throw StripeRefusal.Invalid("parameter_invalid_integer", "Invalid positive integer", "amount");
        var left = charge.Amount - charge.AmountRefunded;
        if (amount > left)
        {
            throw StripeRefusal.Invalid(
                null, $"Refund amount (${Text(amount.Value)}) is greater than unrefunded amount on charge (${Text(left)})", "amount");
        }
    }

    private static string Text(long amount) => (amount / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
