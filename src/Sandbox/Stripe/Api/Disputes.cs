namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/disputes</c>, and what the bank does to them.</summary>
internal static class Disputes
{
    private const string Kind = "dispute";
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromDays(9);
    private static readonly string[] Final = [DisputeStatus.Won, DisputeStatus.Lost, DisputeStatus.WarningClosed];

    /// <summary>Shows a dispute.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeDispute>(id, Kind).Render());
    }

    /// <summary>Lists disputes, of one intent, one charge or all.</summary>
    public static StripeAnswer List(StripeCall call) =>
        call.Page("/v1/disputes", Kind, parent: call.Parameters.Text("payment_intent"), members: call.Where("charge"));

    /// <summary>
    /// Takes evidence as a text and metadata. Evidence goes to the bank unless <c>submit</c> is false: the texts <c>winning_evidence</c> and
    /// <c>losing_evidence</c> decide the dispute, as in Stripe's test mode, any other puts it under review.
    /// </summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var dispute = call.Get<StripeDispute>(id, Kind);
        var text = call.Parameters.Group("evidence")?.Text("uncategorized_text");
        var submit = call.Parameters.Flag("submit") ?? true;
        dispute = dispute with { Metadata = call.Parameters.Metadata(dispute.Metadata) };
        call.Parameters.RefuseUnknown();
        if (text is null)
            return call.Put(dispute);
        if (Final.Contains(dispute.Status))
            throw StripeRefusal.Invalid(null, $"This dispute is already closed: {dispute.Status}.");
        dispute = dispute with { Evidence = new StripeDisputeEvidence { UncategorizedText = text }, EvidenceDetails = dispute.EvidenceDetails with { HasEvidence = true } };
        if (!submit)
            return call.Put(dispute);
        dispute = dispute with { EvidenceDetails = dispute.EvidenceDetails with { SubmissionCount = dispute.EvidenceDetails.SubmissionCount + 1 } };
        return call.Put(text switch
        {
            "winning_evidence" => After(call, dispute, DisputeAct.Win),
            "losing_evidence" => After(call, dispute, DisputeAct.Lose),
            _ => After(call, dispute, DisputeAct.Review),
        });
    }

    /// <summary>The merchant gives in: the dispute is lost.</summary>
    public static StripeAnswer Close(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        var dispute = call.Get<StripeDispute>(id, Kind);
        return Final.Contains(dispute.Status)
            ? throw StripeRefusal.Invalid(null, $"This dispute is already closed: {dispute.Status}.")
            : call.Put(After(call, dispute, DisputeAct.Lose));
    }

    /// <summary>The disputes of a charge, newest first.</summary>
    public static IEnumerable<StripeDispute> OfCharge(StripeCall call, string chargeId) =>
        call.Unit.List(new StripeListQuery { Kind = Kind, Members = [("charge", [chargeId])], Limit = 100 }).Cast<StripeDispute>();

    /// <summary>The bank opens a dispute about a charge that was paid. A chargeback takes the money at once unless told otherwise, an inquiry does not.</summary>
    public static StripeDispute Open(StripeCall call, StripeCharge charge, NewDispute about)
    {
        if (!charge.Paid)
            throw StripeRefusal.Invalid(null, "Only a charge that was paid can be disputed.", "charge");
        if (about.Status is not (DisputeStatus.NeedsResponse or DisputeStatus.WarningNeedsResponse))
            throw StripeRefusal.Invalid(null, $"A dispute begins as {DisputeStatus.NeedsResponse} or {DisputeStatus.WarningNeedsResponse}.", "status");
        if (about.Amount is < 1 || about.Amount > charge.Amount)
            throw StripeRefusal.Invalid(null, "The disputed amount is from 1 to the amount of the charge.", "amount");
        var inquiry = about.Status == DisputeStatus.WarningNeedsResponse;
        var dispute = new StripeDispute
        {
            Id = call.Ids.Next("du"),
            Created = call.Now.ToUnixTimeSeconds(),
            Amount = about.Amount ?? charge.Amount,
            Charge = charge.Id,
            Currency = charge.Currency,
            EvidenceDetails = new StripeDisputeEvidenceDetails { DueBy = (call.Now + TimeToAnswer).ToUnixTimeSeconds() },
            PaymentIntent = charge.PaymentIntent,
            PaymentMethodDetails = new StripeDisputeMethod
            {
                Card = new StripeDisputeCard
                {
                    Brand = charge.PaymentMethodDetails.Card.Brand,
                    CaseType = inquiry ? "inquiry" : "chargeback",
                    NetworkReasonCode = about.Reason == "fraudulent" ? "10.4" : "13.1",
                },
            },
            Reason = about.Reason,
            Status = about.Status,
        };
        if (about.Withdraw ?? !inquiry)
            dispute = Withdrawn(call, dispute);
        call.Save(dispute);
        call.Save(charge with { Disputed = true });
        EarlyFraudWarnings.NothingLeftToDo(call, charge.Id);
        return dispute;
    }

    /// <summary>Writes what the bank does to a dispute.</summary>
    public static StripeDispute Act(StripeCall call, string id, DisputeAct act)
    {
        var dispute = After(call, call.Get<StripeDispute>(id, Kind), act);
        call.Save(dispute);
        return dispute;
    }

    /// <summary>
    /// The dispute after an act of the bank. Any act is possible at any time, a loss after a win included, because banks do that; only an inquiry can be
    /// closed as one.
    /// </summary>
    private static StripeDispute After(StripeCall call, StripeDispute dispute, DisputeAct act) => act switch
    {
        DisputeAct.Withdraw => Withdrawn(call, dispute) with { Status = Formal(dispute.Status) },
        DisputeAct.Reinstate => Reinstated(call, dispute),
        DisputeAct.Review => dispute with
        {
            Status = dispute.IsChargeRefundable ? DisputeStatus.WarningUnderReview : DisputeStatus.UnderReview,
        },
        DisputeAct.Win => Reinstated(call, dispute) with { Status = DisputeStatus.Won },
        DisputeAct.Lose => Withdrawn(call, dispute) with { Status = DisputeStatus.Lost },
        DisputeAct.CloseWarning when dispute.IsChargeRefundable => dispute with { Status = DisputeStatus.WarningClosed },
        DisputeAct.CloseWarning => throw StripeRefusal.Invalid(null, "Only an inquiry can be closed as a warning."),
        _ => throw new InvalidOperationException($"No such act: {act}"),
    };

    // An inquiry that takes the money has become a chargeback.
    private static string Formal(string status) => status.StartsWith(DisputeStatus.WarningPrefix, StringComparison.Ordinal) ? DisputeStatus.NeedsResponse : status;

    private static StripeDispute Withdrawn(StripeCall call, StripeDispute dispute) =>
        dispute.Withdrawn ? dispute : Moved(call, dispute, -dispute.Amount, "dispute", "Chargeback withdrawal");

    private static StripeDispute Reinstated(StripeCall call, StripeDispute dispute) =>
        dispute.Withdrawn ? Moved(call, dispute, dispute.Amount, "dispute_reversal", "Chargeback reversal") : dispute;

    private static StripeDispute Moved(StripeCall call, StripeDispute dispute, long amount, string category, string description) => dispute with
    {
        BalanceTransactions =
        [
            .. dispute.BalanceTransactions,
            new StripeBalanceTransaction
            {
                Id = call.Ids.Next("txn"),
                Amount = amount,
                AvailableOn = call.Now.ToUnixTimeSeconds(),
                Created = call.Now.ToUnixTimeSeconds(),
                Currency = dispute.Currency,
                Description = $"{description} for {dispute.Charge}",
                ReportingCategory = category,
                Source = dispute.Id,
            },
        ],
    };
}

/// <summary>What a new dispute is to be.</summary>
internal sealed record NewDispute
{
    /// <summary>Why the owner of the card disputes.</summary>
    public string Reason { get; init; } = "fraudulent";

    /// <summary>The disputed part in minor units, or null for all.</summary>
    public long? Amount { get; init; }

    /// <summary>The first status: that of a chargeback or of an inquiry.</summary>
    public string Status { get; init; } = DisputeStatus.NeedsResponse;

    /// <summary>Whether the money is taken at once; null does as Stripe does.</summary>
    public bool? Withdraw { get; init; }
}

/// <summary>What a bank can do to a dispute.</summary>
internal enum DisputeAct
{
    /// <summary>Takes the money; an inquiry becomes a chargeback.</summary>
    Withdraw,

    /// <summary>Gives the money back and leaves the status.</summary>
    Reinstate,

    /// <summary>Looks at the evidence.</summary>
    Review,

    /// <summary>Decides for the merchant, and gives the money back.</summary>
    Win,

    /// <summary>Decides for the owner of the card, and takes the money if it has not.</summary>
    Lose,

    /// <summary>Leaves an inquiry at that.</summary>
    CloseWarning,
}
