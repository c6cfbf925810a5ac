namespace Connect.Silo.Gateways.Kannel;

/// <summary>Settings of the Kannel gateway: configuration section <c>Kannel</c>.</summary>
public sealed class KannelOptions
{
    /// <summary>Where Kannel's smsbox takes messages, such as <c>http://127.0.0.1:13013/cgi-bin/sendsms</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary><c>username</c> of the sendsms-user in kannel.conf.</summary>
    public string User { get; set; } = "";

    /// <summary><c>password</c> of the same. A secret.</summary>
    public string Password { get; set; } = "";

    /// <summary>The number or name that phones show when an account has no sender of its own.</summary>
    public string Sender { get; set; } = "";

    /// <summary>
    /// <c>max-messages</c> of the sendsms-user in kannel.conf. Kannel cuts a longer text without a word, so it has to be known here: what would need more parts is refused instead.
    /// </summary>
    public int? MaxMessages { get; set; }

    /// <summary>Where Kannel reaches this program, such as <c>http://127.0.0.1:5080</c>: delivery reports go below it.</summary>
    public string CallbackUrl { get; set; } = "";

    /// <summary>Signs the addresses of delivery reports, and is the password of inbound messages. At least <see cref="MinSecret"/> characters. A secret.</summary>
    public string CallbackSecret { get; set; } = "";

    /// <summary>Connections to Kannel, and so messages that wait for its answer at the same time: 1 to 500.</summary>
    public int Connections { get; set; } = 32;

    /// <summary>Seconds that Kannel has for an answer: 1 to 18, below what callers wait. A message that was sent and not answered by then may have been taken.</summary>
    public int AnswerSeconds { get; set; } = 15;

    /// <summary>
    /// bearerbox's status page, such as <c>http://127.0.0.1:13000/status.xml</c>: there it is looked up, before a number is believed to be not routable, whether any carrier link is on duty. Not looked up
    /// when empty.
    /// </summary>
    public string StatusUrl { get; set; } = "";

    /// <summary><c>status-password</c> of the core group in kannel.conf. A secret.</summary>
    public string StatusPassword { get; set; } = "";

    /// <summary>Least length of <see cref="CallbackSecret"/>.</summary>
    public const int MinSecret = 16;
}
