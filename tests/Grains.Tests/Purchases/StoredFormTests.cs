using System.Text.Json;
using Connect.Grains.Purchases;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using Connect.Grains.Tests.Purchases.Engine;

namespace Connect.Grains.Tests.Purchases;

/// <summary>States that an earlier version stored must be readable for ever. Samples are added, never changed.</summary>
public sealed class StoredFormTests
{
    private const string PurchaseV1 =
        """
        {"Current":{"Phase":3,"Automatic":false,"Price":{"Credits":1000,"UnitPrice":0.089,"Subtotal":{"Amount":8900,"Currency":"AUD"},"Tax":{"Amount":890,"Currency":"AUD"},
        "Total":{"Amount":9790,"Currency":"AUD"},"Nudge":null},"QuoteExpiresAt":"2026-11-22T12:15:00+00:00","RequestedAt":"2026-11-22T12:00:00+00:00","Actor":"anna",
        "Card":{"CustomerId":"cus_1","Card":{"Id":"pm_1","Brand":"visa","Last4":"0341","ExpMonth":11,"ExpYear":2026,"IsDefault":true}},"SpendLimit":null,"IntentId":"pi_1",
        "IntentNumber":1,"CreatingSince":"2026-11-22T12:00:00+00:00","ConfirmNumber":1,"ConfirmingSince":"2026-11-22T12:00:00+00:00","ActionSince":null,"NextActionUrl":null,
        "MustFind":false,"FenceTo":null,"MustRead":false,"Failures":0,"NotBefore":null,"Failure":null,"Told":false,"Finding":null,"ConfirmRefused":false,"LiveMode":false,"Ended":false}}
        """;

    private const string CardsV1 =
        """
        {"CustomerId":"cus_1","Cards":[{"Id":"pm_1","Brand":"visa","Last4":"0341","ExpMonth":11,"ExpYear":2026,"IsDefault":true}],"CustomerNumber":1,"Changes":1,
        "PendingResume":"card:pm_1:1"}
        """;

    private const string CardsV2 =
        """
        {"CustomerId":"cus_1","Cards":[{"Id":"pm_2","Brand":"visa","Last4":"4242","ExpMonth":1,"ExpYear":2030,"IsDefault":true,"Fingerprint":"f1"}],"CustomerNumber":1,"Changes":2,
        "PendingResume":null,"Removed":["pm_1"]}
        """;

    private const string StripeEventV1 =
        """
        {"Current":{"Notice":{"Type":"charge.refunded","PurchaseKey":"a/p","PaymentId":"pi_1","CustomerId":"cus_1","SetupId":"cs_1","CardId":"pm_1"},
        "ReceivedAt":"2026-11-22T12:00:00+00:00","DoneAt":"2026-11-22T12:00:01+00:00"}}
        """;

    [Fact]
    public void Cards_of_the_second_version_are_read_and_written_the_same()
    {
        var stored = JsonSerializer.Deserialize<CardsState>(CardsV2)!;
        Assert.Equal("f1", stored.Cards.Single().Fingerprint);
        Assert.Equal(["pm_1"], stored.Removed.AsEnumerable());
        Assert.Equal(JsonSerializer.Serialize(stored), JsonSerializer.Serialize(JsonSerializer.Deserialize<CardsState>(JsonSerializer.Serialize(stored))));
        Assert.Empty(JsonSerializer.Deserialize<CardsState>(CardsV1)!.Removed);
    }

    [Fact]
    public void An_event_of_the_first_version_is_read_and_written_the_same()
    {
        var stored = JsonSerializer.Deserialize<StoredStripeEvent>(StripeEventV1)!;
        var notice = new StripeNotice { Type = "charge.refunded", PurchaseKey = "a/p", PaymentId = "pi_1", CustomerId = "cus_1", SetupId = "cs_1", CardId = "pm_1" };
        Assert.Equal(new StripeEventView { Notice = notice, ReceivedAt = PurchaseBuild.Noon, DoneAt = PurchaseBuild.Noon.AddSeconds(1) }, stored.Current);
        Assert.Equal(stored, JsonSerializer.Deserialize<StoredStripeEvent>(JsonSerializer.Serialize(stored)));
        Assert.Null(JsonSerializer.Deserialize<StoredStripeEvent>("{}")!.Current);
    }

    private const string MoneyBackV1 =
        """
        {"Current":{"IntentId":"pi_1","Credits":1000,"Paid":{"Amount":9000,"Currency":"AUD"},"Orders":[{"Order":{"OperationId":"op","Amount":null,"Reason":"why","Actor":"kate"},
        "At":"2026-11-22T12:00:00+00:00","Phase":3,"Amount":9000,"KeyNumber":2,"SendingSince":"2026-11-22T12:00:00+00:00","LookingSince":null,"RefundId":"re_1","Outcome":0,"Finding":null,"Open":false}],
        "Returns":[{"Id":"re_1","IsDispute":false,"Amount":9000,"Status":"pending","Holds":true,"At":"2026-11-22T12:00:00+00:00","Reason":"why","FailureReason":null,"OperationId":"op",
        "MustStop":false,"Claims":[{"Number":1,"Credits":1000,"Phase":1,"Shortfall":300}],"Unfinished":true,"Claimed":1000,"Shortfall":300}],"Warnings":[{"Id":"issfr_1","MustStop":false}],
        "MustRead":false,"ReadAt":"2026-11-22T12:00:00+00:00","Failures":0,"NotBefore":null,"Finding":null,"WatchAt":"2026-11-23T12:00:00+00:00"}}
        """;

    [Fact]
    public void Money_back_of_the_first_version_is_read_and_written_the_same()
    {
        var stored = JsonSerializer.Deserialize<StoredMoneyBack>(MoneyBackV1)!;
        var state = stored.Current!;
        Assert.Equal((OrderPhase.Made, "re_1", 2), (state.Orders[0].Phase, state.Orders[0].RefundId, state.Orders[0].KeyNumber));
        Assert.Equal((ClaimPhase.Revoked, 1_000L, 300L), (state.Returns[0].Claims[0].Phase, state.Returns[0].Claimed, state.Returns[0].Shortfall));
        Assert.True(MoneyBackDecider.Settled(state));
        Assert.Equal(MoneyBackV1.ReplaceLineEndings(""), JsonSerializer.Serialize(stored));
        Assert.Null(JsonSerializer.Deserialize<StoredMoneyBack>("{}")!.Current);
    }

    [Fact]
    public void A_purchase_of_the_first_version_is_read_and_written_the_same()
    {
        var stored = JsonSerializer.Deserialize<StoredPurchase>(PurchaseV1)!;
        Assert.Equal(PurchaseBuild.Manual(PurchasePhase.Confirming), stored.Current);
        Assert.Equal(stored, JsonSerializer.Deserialize<StoredPurchase>(JsonSerializer.Serialize(stored)));
        Assert.Null(JsonSerializer.Deserialize<StoredPurchase>("{}")!.Current);
    }

    [Fact]
    public void Cards_of_the_first_version_are_read_and_written_the_same()
    {
        var stored = JsonSerializer.Deserialize<CardsState>(CardsV1)!;
        Assert.Equal(("cus_1", 1, 1L, "card:pm_1:1"), (stored.CustomerId, stored.CustomerNumber, stored.Changes, stored.PendingResume));
        Assert.Equal([new SavedCard { Id = "pm_1", Brand = "visa", Last4 = "0341", ExpMonth = 11, ExpYear = 2026, IsDefault = true }], stored.Cards.AsEnumerable());
        Assert.Equal(JsonSerializer.Serialize(stored), JsonSerializer.Serialize(JsonSerializer.Deserialize<CardsState>(JsonSerializer.Serialize(stored))));
        Assert.Empty(JsonSerializer.Deserialize<CardsState>("{}")!.Cards);
    }
}
