using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>
/// The text of a message as the body of a request. It knows whether it was ever written to a connection: before that Kannel can not have taken the message, from then on it may have. A request
/// with a body is also never repeated by the HTTP client on its own; one without can be, on a connection that broke after the message was taken.
/// </summary>
internal sealed class KannelText : HttpContent
{
    private static readonly MediaTypeHeaderValue Type = new("text/plain", "UTF-8");

    private readonly byte[] _text;

    /// <summary>Makes it of a text.</summary>
    public KannelText(string text)
    {
        _text = Encoding.UTF8.GetBytes(text);
        Headers.ContentType = Type;
    }

    /// <summary>Whether any of it may have left.</summary>
    public bool Left { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Left = true;
        return stream.WriteAsync(_text, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _text.Length;
        return true;
    }
}
