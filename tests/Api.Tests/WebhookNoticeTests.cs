using Connect.Api.Webhooks;
using Connect.Purchases;

namespace Connect.Api.Tests;

/// <summary>Which object each event is about.</summary>
public sealed class WebhookNoticeTests
{
    private const string Intent = """{"id":"pi_1","object":"payment_intent","customer":"cus_1","metadata":{"purchase_id":"a/p"}}""";
    private const string Charge = """{"id":"ch_1","object":"charge","payment_intent":"pi_1","customer":"cus_1","metadata":{"purchase_id":"a/p"}}""";
    private const string About = """{"id":"x_1","object":"thing","charge":"ch_1","payment_intent":"pi_1","metadata":{}}""";

    [Theory]
    [InlineData("payment_intent.succeeded", Intent, "a/p", "pi_1")]
    [InlineData("payment_intent.payment_failed", Intent, "a/p", "pi_1")]
    [InlineData("payment_intent.anything_new", Intent, "a/p", "pi_1")]
    [InlineData("payment_intent.created", """{"id":"pi_2","object":"payment_intent"}""", null, "pi_2")]
    [InlineData("payment_intent.created", """{"id":"pi_2","object":"payment_intent","metadata":{"purchase_id":7}}""", null, "pi_2")]
    [InlineData("charge.succeeded", Charge, "a/p", "pi_1")]
    [InlineData("charge.refunded", Charge, "a/p", "pi_1")]
    [InlineData("charge.succeeded", """{"id":"ch_2","object":"charge","payment_intent":null}""", null, "ch_2")]
    [InlineData("charge.succeeded", """{"id":"ch_2","object":"charge","payment_intent":{"id":"pi_3","object":"payment_intent"}}""", null, "pi_3")]
    [InlineData("charge.dispute.created", About, null, "pi_1")]
    [InlineData("charge.dispute.funds_reinstated", """{"id":"dp_1","object":"dispute","charge":"ch_1"}""", null, "ch_1")]
    [InlineData("charge.refund.updated", About, null, "pi_1")]
    [InlineData("refund.created", About, null, "pi_1")]
    [InlineData("refund.failed", """{"id":"re_1","object":"refund","charge":"ch_1","payment_intent":null}""", null, "ch_1")]
    [InlineData("radar.early_fraud_warning.created", """{"id":"issfr_1","object":"radar.early_fraud_warning","charge":"ch_1"}""", null, "ch_1")]
    public void An_event_about_a_payment_names_its_purchase_or_the_payment_to_read(string type, string subject, string? key, string payment) =>
        Assert.Equal(("evt_1", new StripeNotice { Type = type, PurchaseKey = key, PaymentId = payment }), StripeNotices.Read(Event(type, subject)));

    [Fact]
    public void An_event_about_a_finished_card_page_names_its_customer_and_the_session_or_setup_intent()
    {
        Assert.Equal(
            new StripeNotice { Type = "checkout.session.completed", CustomerId = "cus_1", SetupId = "cs_test_1" },
            StripeNotices.Read(Event("checkout.session.completed", """{"id":"cs_test_1","object":"checkout.session","mode":"setup","customer":"cus_1"}""")).Notice);
        Assert.Equal(
            new StripeNotice { Type = "setup_intent.succeeded", CustomerId = "cus_1", SetupId = "seti_1" },
            StripeNotices.Read(Event("setup_intent.succeeded", """{"id":"seti_1","object":"setup_intent","customer":"cus_1"}""")).Notice);
    }

    [Theory]
    [InlineData("payment_method.updated")]
    [InlineData("payment_method.automatically_updated")]
    public void An_event_about_a_changed_card_names_its_customer_and_the_card(string type) => Assert.Equal(
        new StripeNotice { Type = type, CustomerId = "cus_1", CardId = "pm_1" },
        StripeNotices.Read(Event(type, """{"id":"pm_1","object":"payment_method","customer":"cus_1"}""")).Notice);

    [Theory]
    [InlineData("customer.created", """{"id":"cus_1","object":"customer"}""")]
    [InlineData("invoice.paid", """{"id":"in_1","payment_intent":"pi_1"}""")]
    [InlineData("payment_intentional.created", Intent)]
    [InlineData("charge", Charge)]
    [InlineData("checkout.session.completed", """{"id":"cs_1","mode":"payment","customer":"cus_1"}""")]
    [InlineData("checkout.session.expired", """{"id":"cs_1","mode":"setup","customer":"cus_1"}""")]
    [InlineData("checkout.session.completed", """{"id":"cs_1","mode":"setup","customer":null}""")]
    [InlineData("payment_method.updated", """{"id":"pm_1","customer":null}""")]
    [InlineData("payment_intent.created", """{"id":"../pi_1"}""")]
    [InlineData("payment_intent.created", """{"id":["pi_1"]}""")]
    [InlineData("payment_intent.created", """{"id":"\ud800"}""")]
    [InlineData("refund.created", "{}")]
    public void What_is_of_no_use_is_left_alone(string type, string subject) => Assert.Equal(("evt_1", null), StripeNotices.Read(Event(type, subject)));

    [Theory]
    [InlineData("""{"id":"evt_1","type":"payment_intent.created"}""")]
    [InlineData("""{"id":"evt_1","type":"payment_intent.created","data":7}""")]
    [InlineData("""{"id":"evt_1","type":"payment_intent.created","data":{"object":[]}}""")]
    [InlineData("""{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.no_meter_found","related_object":{"id":"m"}}""")]
    public void An_event_without_an_object_is_left_alone(string json) => Assert.Equal(("evt_1", null), StripeNotices.Read(json));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"id":"evt_1"}""")]
    [InlineData("""{"id":"","type":"t"}""")]
    [InlineData("""{"id":"evt/1","type":"t"}""")]
    [InlineData("""{"id":7,"type":"t"}""")]
    [InlineData("""{"id":"evt_1","type":""}""")]
    [InlineData("""{"id":"evt_1","type":{}}""")]
    public void What_is_no_event_is_refused(string json) => Assert.NotEmpty(Assert.Throws<FormatException>(() => StripeNotices.Read(json)).Message);

    [Fact]
    public void Ids_and_depth_are_bounded()
    {
        Assert.Equal(255, StripeNotices.Read(Event("refund.created", About, new string('e', 255))).EventId.Length);
        Assert.Throws<FormatException>(() => StripeNotices.Read(Event("refund.created", About, new string('e', 256))));
        Assert.Throws<FormatException>(() => StripeNotices.Read(new string('[', 10_000)));
        Assert.Null(StripeNotices.Read(Event("payment_intent.created", $$$"""{"id":"{{{new string('p', 256)}}}"}""")).Notice);
    }

    private static string Event(string type, string subject, string id = "evt_1") =>
        $$$"""{"id":"{{{id}}}","object":"event","api_version":"2011-01-01","type":"{{{type}}}","data":{"object":{{{subject}}}}}""";
}
