namespace Connect.Sandbox.Stripe;

/// <summary>Something that happens by itself at a time of the sandbox's clock.</summary>
/// <param name="Due">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Subject">What it is about: the id of an object, or the request to carry out.</param>
internal sealed record LaterWork(DateTimeOffset Due, LaterKind Kind, string Subject)
{
    /// <summary>
    /// Does everything that is due, each thing at its own time. What can not be done any more (a refund failed by hand, a session already used) is left out.
    /// </summary>
    /// <param name="unit">The state.</param>
    /// <param name="work">Makes calls.</param>
    /// <param name="now">The time.</param>
    public static void RunDue(StripeUnit unit, StripeWork work, DateTimeOffset now)
    {
        while (unit.TakeDue(now) is { } due)
        {
            try
            {
                unit.Mark();
                if (due.Kind == LaterKind.RollForward)
                    RolledForward.Read(due.Subject).Run(unit, work, due.Due);
                else
                    due.Run(work.Call(unit, due.Due, StripeParameters.None));
            }
            catch (StripeRefusal)
            {
                unit.Undo();
            }
        }
    }

    private void Run(StripeCall call)
    {
        switch (Kind)
        {
            case LaterKind.DisputeAsFraud:
                Disputes.Open(call, call.Get<StripeCharge>(Subject, "charge"), new NewDispute());
                break;
            case LaterKind.DisputeAsNotReceived:
                Disputes.Open(call, call.Get<StripeCharge>(Subject, "charge"), new NewDispute { Reason = "product_not_received" });
                break;
            case LaterKind.Inquire:
                Disputes.Open(call, call.Get<StripeCharge>(Subject, "charge"), new NewDispute { Status = DisputeStatus.WarningNeedsResponse });
                break;
            case LaterKind.WarnOfFraud:
                EarlyFraudWarnings.Open(call, call.Get<StripeCharge>(Subject, "charge"));
                break;
            case LaterKind.SettleRefund:
                Refunds.Settle(call, Subject);
                break;
            case LaterKind.FailRefund:
                Refunds.Fail(call, Subject);
                break;
            case LaterKind.ExpireSession:
                CheckoutSessions.RunOut(call, Subject);
                break;
            default:
                throw new InvalidOperationException($"No such work: {Kind}");
        }
    }
}

/// <summary>What can happen by itself.</summary>
internal enum LaterKind
{
    /// <summary>The owner of the card disputes a charge as fraud.</summary>
    DisputeAsFraud,

    /// <summary>The owner of the card disputes a charge because nothing was delivered.</summary>
    DisputeAsNotReceived,

    /// <summary>The bank inquires about a charge.</summary>
    Inquire,

    /// <summary>The bank warns of fraud.</summary>
    WarnOfFraud,

    /// <summary>A pending refund succeeds.</summary>
    SettleRefund,

    /// <summary>A refund fails.</summary>
    FailRefund,

    /// <summary>A request that was answered with 500 is carried out.</summary>
    RollForward,

    /// <summary>The time of a checkout session is over.</summary>
    ExpireSession,
}
